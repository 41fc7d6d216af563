package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/sqlite/dbfile"
)

// CheckWritable says why the ledger at a path cannot be written, beside a linqbot that serves from it. there
// is false if no ledger has been made there yet.
func CheckWritable(ctx context.Context, path string) (there bool, err error) {
	if path, err = dbfile.Resolve(path); err != nil {
		return false, err
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return false, fmt.Errorf("the folder of %s cannot be written: %w", path, err)
	}
	if there, err = dbfile.Check(path); err != nil || !there {
		return there, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the operator names the file
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return true, fmt.Errorf("the file cannot be written: %w", err)
	}
	db := openPool(connector{dsn: dataSource(path, flushed, "_txlock=immediate")})
	defer func() { err = errors.Join(err, db.Close()) }()
	begun, err := db.BeginTx(ctx, nil) // BEGIN IMMEDIATE: it has the right to write
	if err != nil {
		return true, fmt.Errorf("%s cannot be written: %w", path, err)
	}
	defer func() { err = errors.Join(err, ignoreDone(begun.Rollback())) }()
	err = begun.QueryRowContext(ctx, `SELECT COUNT(*) > 0 FROM sqlite_master WHERE name = $1`, store.VersionTable).Scan(&there)
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
