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

// ErrNewerSchema says that a newer linqbot has changed the schema.
var ErrNewerSchema = errors.New("a newer linqbot made this ledger")

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

// latestVersion returns the version to which this program brings a schema.
func latestVersion(d dialect) (latest int64, err error) {
	files, err := migrations.ReadDir("migrations/" + d.folder)
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

// refuseNewer returns [ErrNewerSchema] when a newer program has changed our tables or River's. This one
// does not know what the change asks of those who write, and could break it.
func refuseNewer(ctx context.Context, db querier, d dialect) error {
	latest, err := latestVersion(d)
	if err != nil {
		return err
	}
	if err := refuseAbove(ctx, db, d, versionTable, "version_id", latest); err != nil {
		return err
	}
	if latest, err = d.latestRiver(); err != nil {
		return err
	}
	return refuseAbove(ctx, db, d, "river_migration", "version", latest)
}

// latestRiver returns the version to which this program's River brings its own tables.
func latestRiver[TTx any](driver riverdriver.Driver[TTx]) (latest int64, err error) {
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
func refuseAbove(ctx context.Context, db querier, d dialect, table, column string, latest int64) error {
	var there bool
	if err := db.queryRow(ctx, d.hasTable, table).Scan(&there); err != nil || !there {
		return err
	}
	var has int64
	if err := db.queryRow(ctx, `SELECT COALESCE(MAX(`+column+`), 0) FROM `+table).Scan(&has); err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if has > latest {
		return fmt.Errorf("%w: %s is at version %d, and this program knows versions up to %d: run the newer linqbot, or go back to a backup from before the upgrade",
			ErrNewerSchema, table, has, latest)
	}
	return nil
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
