package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// ReasonRestored is the reason of a request that was open in a backup and is not tried again after its
// restore. See [Restore].
const ReasonRestored = "restored"

// RestoreResult describes a ledger that was restored.
type RestoreResult struct {
	Requests int64
	Open     int64  // requests that were neither sent nor ended in the backup
	Schema   int64  // the version of its schema
	Aside    string // where the ledger is now that was there before; "" if there was none
	Folder   string // the folder that was made for it; "" if there was one
}

// Restore puts a copy of a backup in the place of the SQLite ledger that the URL names, while no linqbot
// owns it, and keeps what was there under another name.
//
// A backup does not know what happened after it was made. A request that is open in it may have been done
// since, and taken back since, so that doing it again would be wrong. Each such request is marked with
// [ReasonRestored]: its chat is read once, and what that shows ends it. Linq is not asked to change
// anything for it.
func Restore(ctx context.Context, databaseURL, file string, now time.Time) (_ RestoreResult, err error) {
	target, err := sqliteFile(databaseURL)
	if err != nil {
		return RestoreResult{}, err
	}
	if file, err = resolveFile(file); err != nil {
		return RestoreResult{}, err
	}
	if err := checkBackup(file, target); err != nil {
		return RestoreResult{}, err
	}
	made, err := MakeFolder(databaseURL)
	if err != nil {
		return RestoreResult{}, err
	}
	_, missing := os.Stat(target)
	owned, err := own(target)
	if errors.Is(err, errOwned) {
		return RestoreResult{}, fmt.Errorf("DATABASE_URL: another linqbot owns %s: stop it first", target)
	}
	if err != nil {
		return RestoreResult{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	defer func() {
		if err != nil && missing != nil {
			err = errors.Join(err, os.Remove(target)) // the empty file that owning made
		}
		err = errors.Join(err, owned.release())
	}()
	fresh := target + ".restoring"
	if err := removeSQLite(fresh); err != nil { // of a restore that was cut short
		return RestoreResult{}, err
	}
	c, err := copySQLite(ctx, file, fresh)
	if err != nil {
		return RestoreResult{}, fmt.Errorf("%s cannot be restored: %w", file, err)
	}
	result := RestoreResult{Requests: c.requests, Schema: c.schema, Folder: made}
	if result.Open, err = markRestored(ctx, fresh, now); err != nil {
		return RestoreResult{}, errors.Join(err, removeSQLite(fresh))
	}
	if missing == nil {
		result.Aside = target + ".before-restore-" + now.UTC().Format("20060102T150405Z")
	}
	if err := replaceLedger(target, fresh, result.Aside); err != nil {
		return RestoreResult{}, errors.Join(err, removeSQLite(fresh))
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

// MarkRestored is the statement that marks what was open in a backup, on either store.
const MarkRestored = `UPDATE requests SET reason = '` + ReasonRestored + `', may_have_reached = TRUE, next_try_at = 0, ` +
	`handed_over = CASE WHEN state = 'asked' THEN FALSE ELSE handed_over END, state = 'accepted', version = version + 1 ` +
	`WHERE state IN ('asked', 'accepted')`

// markRestored marks what is open in a copy of a backup, and returns how many requests that is.
func markRestored(ctx context.Context, path string, now time.Time) (open int64, err error) {
	db, err := sql.Open("sqlite", fileURI(path)+"?mode=rw&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return 0, err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	begun, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, ignoreDone(begun.Rollback())) }()
	if _, err := begun.ExecContext(ctx, `
		INSERT INTO history (request_id, at, state, cause, trace_id)
		SELECT id, $1, 'accepted', 'open in a backup that was restored', '' FROM requests WHERE state IN ('asked', 'accepted')`,
		micros(now)); err != nil {
		return 0, err
	}
	done, err := begun.ExecContext(ctx, MarkRestored)
	if err != nil {
		return 0, err
	}
	if open, err = done.RowsAffected(); err != nil {
		return 0, err
	}
	return open, begun.Commit()
}

// replaceLedger puts the file fresh in the place of target and keeps what was there as aside, with what
// SQLite keeps beside it; "" if nothing was there.
//
// While the old ledger has both names, linqbot refuses to open it. So a crash between two steps leaves no
// ledger that opens with half of its data.
func replaceLedger(target, fresh, aside string) error {
	if aside != "" {
		if err := os.Link(target, aside); err != nil {
			return fmt.Errorf("the ledger that is there cannot be kept aside: %w", err)
		}
		for _, ending := range besideSQLite() {
			if err := os.Rename(target+ending, aside+ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("the ledger that is there cannot be kept aside: %w", err)
			}
		}
	}
	if err := os.Rename(fresh, target); err != nil {
		return err
	}
	return syncPath(target)
}
