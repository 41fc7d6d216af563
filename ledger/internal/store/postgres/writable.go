package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres/connect"
)

// CheckWritable says why the database cannot be written. It leaves nothing behind. there is false if no ledger
// has been made there yet; then it is whether one can be made that counts.
func CheckWritable(ctx context.Context, databaseURL string) (there bool, err error) {
	config, err := connect.Config(databaseURL)
	if err != nil {
		return false, err
	}
	if err := connect.RefusePooledTransactions(ctx, &config.ConnConfig.Config); err != nil {
		return false, err
	}
	db, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return false, fmt.Errorf("the database cannot be reached: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close(context.WithoutCancel(ctx))) }()
	var mayMake bool
	err = db.QueryRow(ctx, `
		SELECT to_regclass($1) IS NOT NULL, COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE)`, store.VersionTable).Scan(&there, &mayMake)
	switch {
	case err != nil:
		return false, err
	case !there && !mayMake:
		return false, errors.New("the role of the database may not make tables: grant it CREATE on the schema, or run linqbot migrate with a role that may")
	case !there:
		return false, nil
	}
	begun, err := db.Begin(ctx)
	if err != nil {
		return true, err
	}
	defer func() { _ = begun.Rollback(context.WithoutCancel(ctx)) }() // nothing was to stay
	_, err = begun.Exec(ctx, `
		INSERT INTO settings (name, value) VALUES ('doctor', '')
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
	if err != nil {
		return true, fmt.Errorf("the database cannot be written: %w", err)
	}
	return true, nil
}
