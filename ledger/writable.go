package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// CheckWritable says why what the URL names cannot be written, beside a linqbot that serves from it:
// it takes no lock for longer than a moment, and leaves nothing behind. there is false if no ledger
// has been made there yet; then it is whether one can be made that counts.
func CheckWritable(ctx context.Context, databaseURL string) (there bool, err error) {
	if err := CheckURL(databaseURL); err != nil {
		return false, fmt.Errorf("DATABASE_URL %w", err)
	}
	check, place := checkSQLiteWritable, strings.TrimPrefix(databaseURL, sqliteScheme)
	if !isPostgres(databaseURL) {
		if err := checkFolderOf(place); err != nil {
			return false, fmt.Errorf("DATABASE_URL: %w", err)
		}
	}
	if isPostgres(databaseURL) {
		check, place = checkPostgresWritable, databaseURL
	}
	if there, err = check(ctx, place); err != nil {
		return there, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return there, nil
}

func checkSQLiteWritable(ctx context.Context, path string) (there bool, err error) {
	if path, err = resolveFile(path); err != nil {
		return false, err
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return false, fmt.Errorf("the folder of %s cannot be written: %w", path, err)
	}
	if there, err = checkFile(path); err != nil || !there {
		return there, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the operator names the file
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return true, fmt.Errorf("the file cannot be written: %w", err)
	}
	db := openSQLitePool(connector{dsn: sqliteDSN(path, "_txlock=immediate")})
	defer func() { err = errors.Join(err, db.Close()) }()
	begun, err := db.BeginTx(ctx, nil) // BEGIN IMMEDIATE: it has the right to write
	if err != nil {
		return true, fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer func() { err = errors.Join(err, ignoreDone(begun.Rollback())) }()
	err = begun.QueryRowContext(ctx, `SELECT COUNT(*) > 0 FROM sqlite_master WHERE name = $1`, versionTable).Scan(&there)
	return there, err
}

// checkFolder makes a file and removes it again: SQLite needs files beside its own. A folder that is
// not there yet will be made, so the one above it counts.
func checkFolder(folder string) error {
	for {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		folder = filepath.Dir(folder)
	}
	file, err := os.CreateTemp(folder, ".linqbot-doctor-*")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 64<<10)) // on a full disk an empty file can still be made
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

func checkPostgresWritable(ctx context.Context, databaseURL string) (there bool, err error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return false, err
	}
	db, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return false, fmt.Errorf("the database cannot be reached: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close(context.WithoutCancel(ctx))) }()
	var mayMake bool
	err = db.QueryRow(ctx, `
		SELECT to_regclass($1) IS NOT NULL, COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE)`, versionTable).Scan(&there, &mayMake)
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
