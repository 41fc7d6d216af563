// Package sqlite keeps a ledger in an SQLite file of which this process is the one owner. It implements
// [store.Store] and knows how such a file is opened and written by one writer at a time. It knows tables only where
// the two stores need different statements. The packages below it lock the file, copy it and put a copy back. Begin
// with [Open].
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/sqlite/dbfile"
)

// DB is an SQLite file of which this process is the one owner.
type DB struct {
	write  *sql.DB // one connection, for the work
	accept *sql.DB // one connection, which goes before it
	async  *sql.DB // one connection, for what need not be flushed
	read   *sql.DB
	owned  *dbfile.Ownership
	jobs   *river.Client[*sql.Tx]
	wakes  *wakes
}

// Open opens the file, brings its schema up to date, and takes back what a crash left running.
func Open(ctx context.Context, path string) (_ *DB, err error) {
	named := path
	if path, err = dbfile.Resolve(path); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	s := &DB{wakes: newWakes()}
	s.owned, err = dbfile.Own(path)
	if errors.Is(err, dbfile.ErrOwned) {
		return nil, fmt.Errorf("DATABASE_URL: another linqbot owns %s; %w", dbfile.BothNames(named, path), store.ErrOwned)
	}
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	var writing priorityMutex
	s.write = openPool(connector{dsn: dataSource(path, flushed, "_txlock=immediate"), owned: s.owned, mutex: &writing})
	s.accept = openPool(connector{dsn: dataSource(path, flushed, "_txlock=immediate"), owned: s.owned, mutex: &writing, urgent: true})
	s.async = openPool(connector{dsn: dataSource(path, unflushed, "_txlock=immediate"), owned: s.owned, mutex: &writing})
	s.read = openPool(connector{dsn: dataSource(path, flushed, "_pragma=query_only(1)"), owned: s.owned})
	for _, writer := range []*sql.DB{s.write, s.accept, s.async} {
		writer.SetMaxOpenConns(1)
	}
	const readers = 4
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := store.RefuseNewer(ctx, s.Writer(), s.Dialect()); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s: %w", dbfile.BothNames(named, path), err)
	}
	if err := store.BringUpToDate(ctx, Dialect().Migrations, goose.DialectSQLite3, s.write, riversqlite.New(s.write)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: the schema of %s cannot be brought up to date: %w", path, err)
	}
	if err := s.takeBackOrphans(ctx); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s: %w", path, err)
	}
	if err := s.wakeLater(ctx); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s: %w", path, err)
	}
	return s, nil
}

// How SQLite's setting "synchronous" has a connection commit. With a WAL, FULL has each commit on disk before it returns,
// since the last ones would be lost in a power cut otherwise. NORMAL leaves that to the next FULL one.
const (
	flushed   = "FULL"
	unflushed = "NORMAL"
)

func dataSource(path, synchronous, option string) string {
	// The wait for another program's lock stays well below the 3 s that Slack gives an answer.
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(" + synchronous + ")&_pragma=busy_timeout(1500)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-1000)&" + option
}

// takeBackOrphans makes every job of the process that owned the file before available at once.
// River would wait for its own term of leadership and its rescuer; the lock says that nobody else
// can be running them. What fell due while nobody ran is due now.
func (s *DB) takeBackOrphans(ctx context.Context) error {
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

// wakeLater wakes the workers for the jobs that the last process had put off for seconds.
func (s *DB) wakeLater(ctx context.Context) error {
	found, err := s.read.QueryContext(ctx, `
		SELECT DISTINCT queue, CAST(COALESCE(unixepoch(scheduled_at, 'subsec'), 0) * 1000 AS INTEGER) FROM river_job WHERE state = 'available'`)
	if err != nil {
		return fmt.Errorf("look for jobs that were put off: %w", err)
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var queue string
		var due int64
		if err := found.Scan(&queue, &due); err != nil {
			return fmt.Errorf("look for jobs that were put off: %w", err)
		}
		s.wakes.wake(queue, time.UnixMilli(due))
	}
	return found.Err()
}

// Dialect implements [store.Store].
func (s *DB) Dialect() store.Dialect { return Dialect() }

// Alone implements [store.Store].
func (s *DB) Alone() bool { return true }

// Reader implements [store.Store].
func (s *DB) Reader() store.Querier { return querier{s.read} }

// Writer implements [store.Store].
func (s *DB) Writer() store.Querier { return querier{s.write} }

// InTx implements [store.Store].
func (s *DB) InTx(ctx context.Context, do func(tx store.Tx) error) error {
	return s.inTxOf(ctx, s.write, do)
}

// AsyncTx implements [store.Store]. The log of SQLite is written from front to back, so the next commit that is flushed
// takes this one to the disk too.
func (s *DB) AsyncTx(ctx context.Context, do func(tx store.Tx) error) error {
	return s.inTxOf(ctx, s.async, do)
}

// AcceptTx implements [store.Store].
func (s *DB) AcceptTx(ctx context.Context, do func(tx store.Tx) error) error {
	return s.inTxOf(ctx, s.accept, do)
}

func (s *DB) inTxOf(ctx context.Context, pool *sql.DB, do func(tx store.Tx) error) error {
	begun, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := &transaction{querier: querier{begun}, tx: begun, jobs: s.jobs}
	if err := do(t); err != nil {
		return errors.Join(err, ignoreDone(begun.Rollback()))
	}
	if err := begun.Commit(); err != nil {
		return err
	}
	for _, each := range t.inserted {
		if !each.UniqueSkippedAsDuplicate { // the one that waits or runs has its own
			s.wakes.wake(each.Job.Queue, each.Job.ScheduledAt)
		}
	}
	return nil
}

// fetchPoll is how often River looks for jobs that nobody told it of. There are none.
const fetchPoll = time.Minute

// NewJobs implements [store.Store]. Its wakes come in time, so that River need not look often. What River notes of the
// jobs that run and end is not flushed: after a power cut a step is run again, as after any crash.
func (s *DB) NewJobs(config *river.Config) (_ store.Jobs, err error) {
	config.FetchPollInterval = fetchPoll
	for name, queue := range config.Queues {
		queue.FetchPollInterval = fetchPoll
		config.Queues[name] = queue
	}
	s.jobs, err = river.NewClient(newRiverDriver(s.async, s.wakes), config)
	return s.jobs, err
}

// Close implements [store.Store].
func (s *DB) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.async, s.accept, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.owned.Release())...)
}
