package database

import (
	"context"
	"errors"
	"fmt"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres"
	"linqbot/ledger/internal/store/sqlite"
	"linqbot/ledger/internal/store/sqlite/dbfile"
)

// OpenReadOnly opens what the URL names for reading. It refuses what holds no ledger, and a schema that this program
// cannot read.
func OpenReadOnly(ctx context.Context, databaseURL string) (store.ReadOnly, error) {
	if err := CheckURL(databaseURL); err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	opened, err := openUnchecked(ctx, databaseURL)
	if err != nil {
		return nil, Advised(err)
	}
	if err := checkSchema(ctx, opened); err != nil {
		return nil, errors.Join(Advised(err), opened.Close())
	}
	return opened, nil
}

func openUnchecked(ctx context.Context, databaseURL string) (store.ReadOnly, error) {
	if IsPostgres(databaseURL) {
		return postgres.OpenReader(ctx, databaseURL)
	}
	if err := dbfile.CheckFolder(sqlitePath(databaseURL)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return sqlite.OpenReader(sqlitePath(databaseURL))
}

func checkSchema(ctx context.Context, of store.ReadOnly) error {
	var there bool
	if err := of.Reader().QueryRow(ctx, of.Dialect().HasTable, store.VersionTable).Scan(&there); err != nil {
		return fmt.Errorf("DATABASE_URL: what it names cannot be read: %w", err)
	}
	if !there {
		return errors.New("DATABASE_URL: what it names is no ledger yet: start linqbot serve once, or run linqbot migrate")
	}
	if err := store.RefuseNewer(ctx, of.Reader(), of.Dialect()); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	has, err := store.SchemaVersion(ctx, of.Reader())
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	latest, err := store.LatestVersion(of.Dialect())
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	if has < latest {
		return fmt.Errorf("DATABASE_URL: the ledger's schema is at version %d, and this program needs %d: start linqbot serve of this version, or run linqbot migrate", has, latest)
	}
	return nil
}
