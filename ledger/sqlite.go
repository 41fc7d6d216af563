package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // the database driver "sqlite"
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

const sqliteScheme = "sqlite://"

// CheckURL says what is wrong with a DATABASE_URL, as the rest of a sentence that begins with its name;
// nil if it can be opened, as far as its spelling goes.
func CheckURL(databaseURL string) error {
	path, ok := strings.CutPrefix(databaseURL, sqliteScheme)
	switch {
	case strings.HasPrefix(databaseURL, "postgres"):
		return errors.New("names PostgreSQL, which this version does not have: write sqlite:// and the path of a file, such as sqlite://linqbot.db")
	case !ok || path == "" || strings.ContainsAny(path, "?#"):
		return errors.New("must be sqlite:// and the path of a file, such as sqlite://linqbot.db or sqlite:///data/linqbot.db")
	}
	return nil
}

// sqlitePath returns the path in a URL such as sqlite://linqbot.db or sqlite:///data/linqbot.db.
func sqlitePath(databaseURL string) (string, error) {
	if err := CheckURL(databaseURL); err != nil {
		return "", fmt.Errorf("DATABASE_URL %w", err)
	}
	return strings.TrimPrefix(databaseURL, sqliteScheme), nil
}

// store is an SQLite file and the lock that makes this process its one owner.
type store struct {
	write *sql.DB
	read  *sql.DB
	lock  *flock.Flock
}

func openStore(ctx context.Context, path string) (_ *store, err error) {
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("DATABASE_URL: the folder of %s cannot be made: %w", path, err)
		}
	}
	s := &store{lock: flock.New(path+".lock", flock.SetPermissions(0o600))}
	locked, err := s.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s cannot be locked: %w", path, err)
	}
	if !locked {
		return nil, fmt.Errorf("DATABASE_URL: another linqbot owns %s; one process owns an SQLite file: stop the other one, or give this one a file of its own", path)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := touchPrivate(path); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s cannot be written: %w", path, err)
	}
	if s.write, err = openSQLite(path, "_txlock=immediate"); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = openSQLite(path, "_pragma=query_only(1)"); err != nil {
		return nil, err
	}
	const readers = 4
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: the schema of %s cannot be brought up to date: %w", path, err)
	}
	if err := s.takeBackOrphans(ctx); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s: %w", path, err)
	}
	return s, nil
}

// touchPrivate makes the file readable by its owner only: it holds people's numbers.
func touchPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return file.Close()
}

func openSQLite(path, option string) (*sql.DB, error) {
	// A commit is on disk before it is acknowledged: WAL alone would lose the last ones in a power
	// cut, so synchronous is FULL. The wait for another program's lock stays well below the 3 s that
	// Slack gives an answer.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(1500)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-1000)&" + option
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s cannot be opened: %w", path, err)
	}
	return db, nil
}

func (s *store) migrate(ctx context.Context) error {
	ours, err := goose.NewProvider(goose.DialectSQLite3, s.write, mustSub(migrations, "migrations/sqlite"),
		goose.WithTableName("schema_migrations"), goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	if _, err := ours.Up(ctx); err != nil {
		return err
	}
	rivers, err := rivermigrate.New(riversqlite.New(s.write), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = rivers.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// takeBackOrphans makes every job of the process that owned the file before available at once.
// River would wait for its own term of leadership and its rescuer; the lock says that nobody else
// can be running them. What fell due while nobody ran is due now.
func (s *store) takeBackOrphans(ctx context.Context) error {
	for _, statement := range []string{
		`UPDATE river_job SET state = 'available' WHERE state = 'running'`,
		`UPDATE river_job SET state = 'available'
			WHERE state IN ('retryable', 'scheduled') AND datetime(scheduled_at) <= datetime('now', '+2 seconds')`,
		`DELETE FROM river_leader`,
	} {
		if _, err := s.write.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("take back what the last process left: %w", err)
		}
	}
	return nil
}

func (s *store) close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
