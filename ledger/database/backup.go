package database

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/sqlite/backup"
	"linqbot/ledger/internal/store/sqlite/dbfile"
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
func Backup(ctx context.Context, databaseURL, file string) (BackupResult, error) {
	if err := checkIsSQLite(databaseURL); err != nil {
		return BackupResult{}, err
	}
	made, err := backup.Make(ctx, sqlitePath(databaseURL), file)
	if errors.Is(err, store.ErrNewerSchema) { // other advice is about the ledger's place
		err = Advised(err)
	}
	if err != nil {
		return BackupResult{}, err
	}
	return BackupResult(made), nil
}

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
func Restore(ctx context.Context, databaseURL, file string, now time.Time) (RestoreResult, error) {
	if err := checkIsSQLite(databaseURL); err != nil {
		return RestoreResult{}, err
	}
	var open int64
	done, err := backup.Restore(ctx, sqlitePath(databaseURL), file, now, func(ctx context.Context, in store.Querier) (err error) {
		open, err = markRestored(ctx, in, now)
		return err
	})
	if err != nil {
		return RestoreResult{}, Advised(err)
	}
	return RestoreResult{Requests: done.Requests, Open: open, Schema: done.Schema, Aside: done.Aside, Folder: done.Folder}, nil
}

// checkIsSQLite says why there is no file to copy.
func checkIsSQLite(databaseURL string) error {
	if err := CheckURL(databaseURL); err != nil {
		return fmt.Errorf("DATABASE_URL %w", err)
	}
	if IsPostgres(databaseURL) {
		return errors.New("DATABASE_URL names a PostgreSQL database, which is no file")
	}
	if err := dbfile.CheckFolder(sqlitePath(databaseURL)); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	return nil
}

// openInBackup chooses what was neither sent nor ended.
const openInBackup = `state IN ('asked', 'accepted')`

// MarkRestored is the statement that marks what was open in a backup, on either store.
const MarkRestored = `UPDATE requests SET reason = '` + ReasonRestored + `', may_have_reached = TRUE, next_try_at = 0, ` +
	`handed_over = CASE WHEN state = 'asked' THEN FALSE ELSE handed_over END, state = 'accepted', version = version + 1 ` +
	`WHERE ` + openInBackup

// markRestored marks what is open in a copy of a backup, and returns how many requests that is.
func markRestored(ctx context.Context, in store.Querier, now time.Time) (open int64, err error) {
	if _, err := in.Exec(ctx, `
		INSERT INTO history (request_id, at, state, cause, trace_id)
		SELECT id, $1, 'accepted', 'open in a backup that was restored', '' FROM requests WHERE `+openInBackup,
		store.Micros(now)); err != nil {
		return 0, err
	}
	return in.Exec(ctx, MarkRestored)
}
