package takeover

import (
	"context"

	"github.com/jackc/pgx/v5"
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
