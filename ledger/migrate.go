package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema of what the URL names up to date, and returns its version.
func Migrate(ctx context.Context, databaseURL string) (version int64, err error) {
	opened, err := openStore(ctx, databaseURL)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, opened.close()) }()
	return schemaVersion(ctx, opened.reader())
}

func schemaVersion(ctx context.Context, db querier) (version int64, err error) {
	err = db.queryRow(ctx, `SELECT MAX(version_id) FROM `+versionTable).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}

const versionTable = "schema_migrations"

// ourMigrations are those of our own tables: what the folder holds for a dialect.
func ourMigrations(folder string, dialect goose.Dialect, db *sql.DB) (*goose.Provider, error) {
	tree, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db, tree, goose.WithTableName(versionTable),
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
}

// bringUpToDate applies what is new of our migrations and of River's.
func bringUpToDate[TTx any](ctx context.Context, folder string, dialect goose.Dialect, db *sql.DB, driver riverdriver.Driver[TTx]) error {
	ours, err := ourMigrations(folder, dialect, db)
	if err != nil {
		return err
	}
	if _, err := ours.Up(ctx); err != nil {
		return err
	}
	rivers, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = rivers.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}
