package backup

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	modernc "modernc.org/sqlite"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/sqlite"
)

// Copy says what a checked copy of a ledger holds.
type Copy struct {
	Bytes    int64
	Requests int64
	Schema   int64 // the version of its schema
}

// errNoLedger says that a file holds something else.
var errNoLedger = errors.New("it is no ledger of linqbot")

// copyLedger makes a checked copy of the ledger in a file, as it is at one moment, while others write it.
// The copy is one file in itself: nothing beside it belongs to it. It is on disk when this returns. After
// an error nothing is left of it.
func copyLedger(ctx context.Context, from, to string) (_ Copy, err error) {
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return Copy{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeFile(to))
		}
	}()
	if err := file.Close(); err != nil {
		return Copy{}, err
	}
	if err := copyPages(ctx, from, to); err != nil {
		return Copy{}, err
	}
	c, err := checkCopy(ctx, to)
	if err != nil {
		return Copy{}, err
	}
	return c, syncPath(to)
}

// pagesPerStep is how much is copied between two looks at whether to stop: 4 MiB.
const pagesPerStep = 1024

// copyPages reads in one transaction, so that what others write meanwhile neither shows nor makes SQLite
// begin again. In WAL mode that keeps nobody from writing. The file is opened for writing, where it can
// be, since SQLite would otherwise leave its files beside it.
func copyPages(ctx context.Context, from, to string) (err error) {
	db, err := sql.Open("sqlite", fileURI(from)+"?mode=rw&_pragma=query_only(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	one, err := db.Conn(ctx)
	if err != nil {
		return notSQLite(err)
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	if _, err := one.ExecContext(ctx, `BEGIN`); err != nil {
		return notSQLite(err)
	}
	defer func() {
		_, ended := one.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
		err = errors.Join(err, ended)
	}()
	var tables int
	if err := one.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master`).Scan(&tables); err != nil {
		return notSQLite(err)
	}
	return one.Raw(func(opened any) error { return step(ctx, opened, to) })
}

func step(ctx context.Context, opened any, to string) (err error) {
	source, ok := opened.(interface {
		driver.Conn
		NewBackup(to string) (*modernc.Backup, error)
	})
	if !ok {
		return fmt.Errorf("ledger: %T is not the connection that modernc.org/sqlite documents", opened)
	}
	backup, err := source.NewBackup(fileURI(to))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backup.Finish()) }()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err = backup.Step(pagesPerStep); err != nil {
			return err
		}
	}
	return nil
}

// notSQLite finds the words for a file that SQLite cannot read.
func notSQLite(err error) error {
	const notADatabase = 26
	if said, ok := errors.AsType[*modernc.Error](err); ok && said.Code() == notADatabase {
		return errNoLedger
	}
	return err
}

// checkCopy has SQLite read every page and index of a copy, and holds its schema to this program's.
func checkCopy(ctx context.Context, path string) (_ Copy, err error) {
	db, err := sql.Open("sqlite", fileURI(path)+"?mode=rw")
	if err != nil {
		return Copy{}, err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	// A file in WAL mode could not be read from a read-only disk.
	if _, err := db.ExecContext(ctx, `PRAGMA journal_mode = DELETE`); err != nil {
		return Copy{}, err
	}
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
		return Copy{}, fmt.Errorf("check the copy: %w", err)
	}
	if found != "ok" {
		return Copy{}, fmt.Errorf("the ledger is damaged: %s", found)
	}
	var broken bool
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_check)`).Scan(&broken); err != nil {
		return Copy{}, fmt.Errorf("check the copy: %w", err)
	}
	if broken {
		return Copy{}, errors.New("the ledger is damaged: it has rows that belong to no request")
	}
	return describe(ctx, db, path)
}

func describe(ctx context.Context, db *sql.DB, path string) (c Copy, err error) {
	q, d := sqlite.NewQuerier(db), sqlite.Dialect()
	for _, table := range []string{store.VersionTable, "requests", "history", "settings"} {
		var there bool
		if err := q.QueryRow(ctx, d.HasTable, table).Scan(&there); err != nil {
			return Copy{}, err
		}
		if !there {
			return Copy{}, errNoLedger
		}
	}
	if c.Schema, err = store.SchemaVersion(ctx, q); err != nil {
		return Copy{}, errors.Join(errNoLedger, err)
	}
	if err := store.RefuseNewer(ctx, q, d); err != nil {
		return Copy{}, err
	}
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM requests`).Scan(&c.Requests); err != nil {
		return Copy{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Copy{}, err
	}
	c.Bytes = info.Size()
	return c, nil
}

func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// sidecars are the endings of the files that SQLite keeps beside its own.
func sidecars() []string { return []string{"-journal", "-wal", "-shm"} }

// removeFile removes a file of SQLite with those beside it, as far as they are there.
func removeFile(path string) error {
	var errs []error
	for _, ending := range append(sidecars(), "") {
		if err := os.Remove(path + ending); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// syncPath has the system write a file, and the folder that lists it, to the disk.
func syncPath(path string) error {
	for _, each := range []string{path, filepath.Dir(path)} {
		opened, err := os.Open(each) //nolint:gosec // the operator names the file
		if err != nil {
			return err
		}
		if err := errors.Join(opened.Sync(), opened.Close()); err != nil {
			return err
		}
	}
	return nil
}
