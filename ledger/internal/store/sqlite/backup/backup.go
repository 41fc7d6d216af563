// Package backup copies the ledger in an SQLite file, checks the copy, and puts one back. It knows which tables a ledger
// has, and leaves what a restore means for them to its caller. Begin with [Make] and [Restore].
package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"linqbot/ledger/internal/store/sqlite/dbfile"
)

// Make copies the ledger at a path to a new file, while linqbot serves or not. The copy
// is the ledger at one moment. It is complete, checked and on disk when this returns; after an error there
// is no file.
//
// It uses SQLite's own backup and not VACUUM INTO, which would rewrite every row and hold the reading
// transaction for longer.
func Make(ctx context.Context, path, file string) (_ Copy, err error) {
	from, err := dbfile.Resolve(path)
	if err != nil {
		return Copy{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	there, err := dbfile.Check(from)
	if err != nil {
		return Copy{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if !there {
		return Copy{}, fmt.Errorf("DATABASE_URL: there is no ledger at %s: %w", from, fs.ErrNotExist)
	}
	if file, err = filepath.Abs(file); err != nil {
		return Copy{}, err
	}
	// The name is taken now, so that the rename at the end overwrites nothing but an empty file of ours.
	if err := reserve(file); err != nil {
		return Copy{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file))
		}
	}()
	partial := file + ".partial"
	c, err := copyLedger(ctx, from, partial)
	switch {
	case errors.Is(err, fs.ErrExist):
		return Copy{}, fmt.Errorf("%s is there already: it is of a backup that runs, or that was cut short; in the latter case remove it", partial)
	case err != nil:
		return Copy{}, fmt.Errorf("DATABASE_URL: %s cannot be backed up: %w", from, err)
	}
	if err := os.Rename(partial, file); err != nil {
		return Copy{}, errors.Join(err, os.Remove(partial))
	}
	return c, syncPath(file)
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
