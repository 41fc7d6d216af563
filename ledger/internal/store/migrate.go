package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"

	"linqbot/ledger/migrations"
)

// ErrNewerSchema says that a newer linqbot has changed the schema.
var ErrNewerSchema = errors.New("a newer linqbot made this ledger")

// VersionTable is where goose writes down which of our migrations were applied.
const VersionTable = "schema_migrations"

// SchemaVersion returns the version of a ledger's schema.
func SchemaVersion(ctx context.Context, db Querier) (version int64, err error) {
	err = db.QueryRow(ctx, `SELECT MAX(version_id) FROM `+VersionTable).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return version, nil
}

// ourMigrations are those of our own tables: what the folder holds for a dialect.
func ourMigrations(folder string, dialect goose.Dialect, db *sql.DB) (*goose.Provider, error) {
	tree, err := migrations.For(folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db, tree, goose.WithTableName(VersionTable),
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
}

// LatestVersion returns the version to which this program brings a schema.
func LatestVersion(d Dialect) (latest int64, err error) {
	tree, err := migrations.For(d.Migrations)
	if err != nil {
		return 0, err
	}
	files, err := fs.ReadDir(tree, ".")
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		version, err := goose.NumericComponent(file.Name())
		if err != nil {
			return 0, err
		}
		latest = max(latest, version)
	}
	return latest, nil
}

// RefuseNewer returns [ErrNewerSchema] when a newer program has changed our tables or River's. This one
// does not know what the change asks of those who write, and could break it.
func RefuseNewer(ctx context.Context, db Querier, d Dialect) error {
	latest, err := LatestVersion(d)
	if err != nil {
		return err
	}
	if err := refuseAbove(ctx, db, d, VersionTable, "version_id", latest); err != nil {
		return err
	}
	if latest, err = d.LatestRiver(); err != nil {
		return err
	}
	return refuseAbove(ctx, db, d, "river_migration", "version", latest)
}

// LatestRiver returns the version to which this program's River brings its own tables.
func LatestRiver[TTx any](driver riverdriver.Driver[TTx]) (latest int64, err error) {
	rivers, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, err
	}
	for _, migration := range rivers.AllVersions() {
		latest = max(latest, int64(migration.Version))
	}
	return latest, nil
}

// refuseAbove compares the highest version in a table of migrations. A table that is not there is fine.
func refuseAbove(ctx context.Context, db Querier, d Dialect, table, column string, latest int64) error {
	var there bool
	if err := db.QueryRow(ctx, d.HasTable, table).Scan(&there); err != nil || !there {
		return err
	}
	var has int64
	if err := db.QueryRow(ctx, `SELECT COALESCE(MAX(`+column+`), 0) FROM `+table).Scan(&has); err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if has > latest {
		return fmt.Errorf("%w: %s is at version %d, and this program knows versions up to %d",
			ErrNewerSchema, table, has, latest)
	}
	return nil
}

// BringUpToDate applies what is new of our migrations and of River's.
func BringUpToDate[TTx any](ctx context.Context, folder string, dialect goose.Dialect, db *sql.DB, driver riverdriver.Driver[TTx]) error {
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
