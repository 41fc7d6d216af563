package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/sqlite"
	"linqbot/ledger/internal/store/sqlite/dbfile"
)

// Restored is what [Restore] put in place.
type Restored struct {
	Copy

	Aside  string // where the ledger is now that was there before; "" if there was none
	Folder string // the folder that was made for it; "" if there was one
}

// Restore puts a copy of a backup in the place of the ledger at a path, while no linqbot owns it, and keeps
// what was there under another name. Before that it has mark change the copy, in one transaction.
func Restore(ctx context.Context, path, file string, now time.Time, mark func(context.Context, store.Querier) error) (_ Restored, err error) {
	target, err := dbfile.Resolve(path)
	if err != nil {
		return Restored{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if file, err = dbfile.Resolve(file); err != nil {
		return Restored{}, err
	}
	if err := checkBackup(file, target); err != nil {
		return Restored{}, err
	}
	made, err := dbfile.MakeFolder(path)
	if err != nil {
		return Restored{}, err
	}
	_, missing := os.Stat(target)
	owned, err := dbfile.Own(target)
	if errors.Is(err, dbfile.ErrOwned) {
		return Restored{}, fmt.Errorf("DATABASE_URL: another linqbot owns %s: stop it first", target)
	}
	if err != nil {
		return Restored{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	defer func() {
		if err != nil && missing != nil {
			err = errors.Join(err, os.Remove(target)) // the empty file that owning made
		}
		err = errors.Join(err, owned.Release())
	}()
	fresh := target + ".restoring"
	if err := removeFile(fresh); err != nil { // of a restore that was cut short
		return Restored{}, err
	}
	c, err := copyLedger(ctx, file, fresh)
	if err != nil {
		return Restored{}, fmt.Errorf("%s cannot be restored: %w", file, err)
	}
	if err := changeCopy(ctx, fresh, mark); err != nil {
		return Restored{}, errors.Join(err, removeFile(fresh))
	}
	result := Restored{Copy: c, Folder: made}
	if missing == nil {
		result.Aside = target + ".before-restore-" + now.UTC().Format("20060102T150405Z")
	}
	if result.Aside, err = replaceLedger(target, fresh, result.Aside); err != nil {
		return Restored{}, errors.Join(err, removeFile(fresh))
	}
	return result, nil
}

// checkBackup says what keeps a file from being a backup to restore to a place.
func checkBackup(file, target string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return fmt.Errorf("the backup cannot be read: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("the backup cannot be read: %s is no file", file)
	case info.Size() == 0:
		return fmt.Errorf("%s cannot be restored: it is empty", file)
	}
	if there, err := os.Stat(target); err == nil && os.SameFile(info, there) {
		return fmt.Errorf("%s is the ledger that DATABASE_URL names: name a backup of it", file)
	}
	return nil
}

// changeCopy has do change a copy that nobody else has open.
func changeCopy(ctx context.Context, path string, do func(context.Context, store.Querier) error) (err error) {
	db, err := sql.Open("sqlite", fileURI(path)+"?mode=rw&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	begun, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer begun.Rollback()
	if err := do(ctx, sqlite.NewQuerier(begun)); err != nil {
		return err
	}
	return begun.Commit()
}

// replaceLedger puts the file fresh in the place of target and keeps what was there as aside, with what
// SQLite keeps beside it; "" if nothing was there. It returns the name under which that is kept: one that is taken gets
// a number.
//
// While the old ledger has both names, linqbot refuses to open it. So a crash between two steps leaves no
// ledger that opens with half of its data.
func replaceLedger(target, fresh, aside string) (kept string, err error) {
	if aside != "" {
		if kept, err = linkToFreeName(target, aside); err != nil {
			return "", fmt.Errorf("the ledger that is there cannot be kept aside: %w", err)
		}
		for _, ending := range sidecars() {
			if err := os.Rename(target+ending, kept+ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", fmt.Errorf("the ledger that is there cannot be kept aside: %w", err)
			}
		}
	}
	if err := os.Rename(fresh, target); err != nil {
		return "", err
	}
	return kept, syncPath(target)
}

// linkToFreeName gives a file a second name, with a number at its end if the name is taken.
func linkToFreeName(file, name string) (string, error) {
	const most = 1000
	free := name
	for n := 2; ; n++ {
		if err := os.Link(file, free); !errors.Is(err, fs.ErrExist) || n > most {
			return free, err
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}
