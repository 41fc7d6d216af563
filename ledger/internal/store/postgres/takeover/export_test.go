package takeover

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// SettingOfOwner returns a setting of the session of a new owner.
func SettingOfOwner(ctx context.Context, config *pgx.ConnConfig, name string) (value string, err error) {
	o, err := newOwner(ctx, config)
	if err != nil {
		return "", err
	}
	defer o.release()
	err = o.session.QueryRow(ctx, "SHOW "+name).Scan(&value)
	return value, err
}

// TakeOver takes over once what there is to take over.
func TakeOver(ctx context.Context, work *pgxpool.Pool) error { return takeOver(ctx, work) }

// WhileItLives does so while a process holds the lock of its row.
func WhileItLives(ctx context.Context, work *pgxpool.Pool, clientID string) error {
	return pgx.BeginFunc(ctx, work, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, id) FROM processes WHERE client_id = $2`, int32(lockClass), clientID); err != nil {
			return err
		}
		return takeOver(ctx, work)
	})
}
