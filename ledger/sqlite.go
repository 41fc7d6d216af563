package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// sqlite is an SQLite file of which this process is the one owner.
type sqlite struct {
	write  *sql.DB // one connection, for the work
	accept *sql.DB // one connection, which goes before it
	read   *sql.DB
	owned  *ownership
	jobs   *river.Client[*sql.Tx]
}

// openSQLite opens the file, brings its schema up to date, and takes back what a crash left running.
func openSQLite(ctx context.Context, path string) (_ *sqlite, err error) {
	named := path
	if path, err = resolveFile(path); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	s := &sqlite{}
	s.owned, err = own(path)
	if errors.Is(err, errOwned) {
		return nil, fmt.Errorf("DATABASE_URL: another linqbot owns %s; one process owns an SQLite file: stop the other one, or give this one a file of its own", bothNames(named, path))
	}
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	var writing priorityMutex
	s.write = openSQLitePool(connector{dsn: sqliteDSN(path, "_txlock=immediate"), mutex: &writing})
	s.accept = openSQLitePool(connector{dsn: sqliteDSN(path, "_txlock=immediate"), mutex: &writing, urgent: true})
	s.read = openSQLitePool(connector{dsn: sqliteDSN(path, "_pragma=query_only(1)")})
	s.write.SetMaxOpenConns(1)
	s.accept.SetMaxOpenConns(1)
	const readers = 4
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := refuseNewer(ctx, s.writer(), s.dialect()); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s: %w", bothNames(named, path), err)
	}
	if err := bringUpToDate(ctx, sqliteDialect().folder, goose.DialectSQLite3, s.write, riversqlite.New(s.write)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: the schema of %s cannot be brought up to date: %w", path, err)
	}
	if err := s.takeBackOrphans(ctx); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %s: %w", path, err)
	}
	return s, nil
}

func sqliteDSN(path, option string) string {
	// A commit is on disk before it is acknowledged: WAL alone would lose the last ones in a power
	// cut, so synchronous is FULL. The wait for another program's lock stays well below the 3 s that
	// Slack gives an answer.
	return "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(1500)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-1000)&" + option
}

// takeBackOrphans makes every job of the process that owned the file before available at once.
// River would wait for its own term of leadership and its rescuer; the lock says that nobody else
// can be running them. What fell due while nobody ran is due now.
func (s *sqlite) takeBackOrphans(ctx context.Context) error {
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

func (s *sqlite) dialect() dialect { return sqliteDialect() }
func (s *sqlite) reader() querier  { return sqlQuerier{s.read} }
func (s *sqlite) writer() querier  { return sqlQuerier{s.write} }

func (s *sqlite) inTx(ctx context.Context, do func(tx tx) error) error {
	return s.inTxOf(ctx, s.write, do)
}

func (s *sqlite) acceptTx(ctx context.Context, do func(tx tx) error) error {
	return s.inTxOf(ctx, s.accept, do)
}

func (s *sqlite) inTxOf(ctx context.Context, pool *sql.DB, do func(tx tx) error) error {
	begun, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(sqlTx{sqlQuerier: sqlQuerier{begun}, tx: begun, jobs: s.jobs}); err != nil {
		return errors.Join(err, ignoreDone(begun.Rollback()))
	}
	return begun.Commit()
}

const insertRequest = `
	INSERT INTO requests (` + requestColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
	ON CONFLICT DO NOTHING`

func (s *sqlite) insertRequests(ctx context.Context, in tx, entries []entry) (map[string]bool, error) {
	followed, spent, err := s.known(ctx, in, entries)
	if err != nil {
		return nil, err
	}
	fresh := make(map[string]bool, len(entries))
	for _, e := range entries {
		if spent[e.request.Delivery] || followed[[2]string{e.request.Delivery, e.request.handleKey()}] {
			continue
		}
		inserted, err := in.exec(ctx, insertRequest, e.values()...)
		if err != nil {
			return nil, err
		}
		if inserted == 1 {
			fresh[e.request.ID] = true
		}
	}
	return fresh, nil
}

const selectKnown = `
	SELECT f.delivery, r.handle_key, FALSE FROM followers f JOIN requests r ON r.id = f.request_id
	WHERE f.delivery IN (SELECT value FROM json_each($1))
	UNION ALL
	SELECT substr(id, length('` + spentPrefix + `') + 1), '', TRUE FROM events
	WHERE id IN (SELECT '` + spentPrefix + `' || value FROM json_each($1))`

// known returns the deliveries that make no request of their own: those, each with a handle, that were
// recorded as ones that follow somebody else's request, and those that are spent. As a condition of the
// insert this would have SQLite make a table for each new row.
func (s *sqlite) known(ctx context.Context, in tx, entries []entry) (followed map[[2]string]bool, spent map[string]bool, err error) {
	deliveries := make([]string, len(entries))
	for i, e := range entries {
		deliveries[i] = e.request.Delivery
	}
	list, err := json.Marshal(deliveries)
	if err != nil {
		return nil, nil, fmt.Errorf("list deliveries: %w", err)
	}
	found, err := in.query(ctx, selectKnown, string(list))
	if err != nil {
		return nil, nil, fmt.Errorf("look for known deliveries: %w", err)
	}
	defer found.Close()
	followed, spent = make(map[[2]string]bool), make(map[string]bool)
	for found.Next() {
		var delivery, handleKey string
		var whole bool
		if err := found.Scan(&delivery, &handleKey, &whole); err != nil {
			return nil, nil, fmt.Errorf("look for known deliveries: %w", err)
		}
		if whole {
			spent[delivery] = true
			continue
		}
		followed[[2]string{delivery, handleKey}] = true
	}
	return followed, spent, found.Err()
}

func (s *sqlite) newJobs(config *river.Config) (_ jobs, err error) {
	s.jobs, err = river.NewClient(riversqlite.New(s.write), config)
	return s.jobs, err
}

func (s *sqlite) close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.accept, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.owned.release())...)
}
