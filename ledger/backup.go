package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// BackupResult describes a backup that was made and checked.
type BackupResult struct {
	Bytes    int64
	Requests int64
	Schema   int64 // the version of its schema
}

// Backup copies the SQLite ledger that the URL names to a new file, while linqbot serves or not. The copy
// is the ledger at one moment. It is complete, checked and on disk when this returns; after an error there
// is no file.
//
// It uses SQLite's own backup and not VACUUM INTO, which would rewrite every row and hold the reading
// transaction for longer.
func Backup(ctx context.Context, databaseURL, file string) (_ BackupResult, err error) {
	from, err := sqliteFile(databaseURL)
	if err != nil {
		return BackupResult{}, err
	}
	there, err := checkFile(from)
	if err != nil {
		return BackupResult{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if !there {
		return BackupResult{}, fmt.Errorf("DATABASE_URL: there is no ledger at %s: %w", from, fs.ErrNotExist)
	}
	if file, err = filepath.Abs(file); err != nil {
		return BackupResult{}, err
	}
	// The name is taken now, so that the rename at the end overwrites nothing but an empty file of ours.
	if err := reserve(file); err != nil {
		return BackupResult{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file))
		}
	}()
	partial := file + ".partial"
	c, err := copySQLite(ctx, from, partial)
	switch {
	case errors.Is(err, fs.ErrExist):
		return BackupResult{}, fmt.Errorf("%s is there already: it is of a backup that runs, or that was cut short; in the latter case remove it", partial)
	case err != nil:
		return BackupResult{}, fmt.Errorf("DATABASE_URL: %s cannot be backed up: %w", from, err)
	}
	if err := os.Rename(partial, file); err != nil {
		return BackupResult{}, errors.Join(err, os.Remove(partial))
	}
	return BackupResult{Bytes: c.bytes, Requests: c.requests, Schema: c.schema}, syncPath(file)
}

// reserve makes an empty file, which is never one that was there.
func reserve(file string) error {
	made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and a backup overwrites nothing: name another file", file)
	}
	if err != nil {
		return fmt.Errorf("the backup cannot be written: %w", err)
	}
	return made.Close()
}

// sqliteFile returns the file that an SQLite URL names.
func sqliteFile(databaseURL string) (string, error) {
	if err := CheckURL(databaseURL); err != nil {
		return "", fmt.Errorf("DATABASE_URL %w", err)
	}
	if isPostgres(databaseURL) {
		return "", errors.New("DATABASE_URL names a PostgreSQL database, which is no file")
	}
	named := strings.TrimPrefix(databaseURL, sqliteScheme)
	if err := checkFolderOf(named); err != nil {
		return "", fmt.Errorf("DATABASE_URL: %w", err)
	}
	path, err := resolveFile(named)
	if err != nil {
		return "", fmt.Errorf("DATABASE_URL: %w", err)
	}
	return path, nil
}
