package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	modernc "modernc.org/sqlite"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/sqlite/dbfile"
)

// connector opens connections to an SQLite file. One of them writes at a time. Each prepares a statement
// once, since preparing costs more than running most statements of ours and of River's.
type connector struct {
	dsn    string
	owned  *dbfile.Ownership // nil for a file that another process owns
	mutex  *priorityMutex    // nil for connections that only read
	urgent bool
}

// openPool opens a pool of such connections.
func openPool(c connector) *sql.DB { return sql.OpenDB(c) }

func (c connector) Driver() driver.Driver { return &modernc.Driver{} }

// Connect implements [driver.Connector]. It looks twice whether the file is in its place: SQLite would make one where
// there is none, and open another one.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.open()
	if err != nil {
		return nil, err
	}
	inner, ok := opened.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("ledger: %T is not the connection that modernc.org/sqlite documents", opened)
	}
	return &conn{sqliteConn: inner, connector: c, prepared: make(map[string]*statement)}, nil
}

func (c connector) open() (opened driver.Conn, err error) {
	if c.owned == nil {
		return c.Driver().Open(c.dsn)
	}
	return opened, c.owned.Opening(func(inPlace func() error) error {
		if err := inPlace(); err != nil {
			return err
		}
		if opened, err = c.Driver().Open(c.dsn); err != nil {
			return err
		}
		if err := inPlace(); err != nil {
			return errors.Join(err, opened.Close())
		}
		return nil
	})
}

// sqliteConn is what a connection of modernc.org/sqlite does.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	sqliteConn
	connector
	prepared map[string]*statement
	inTx     bool
}

// statement is prepared for as long as its connection is open.
type statement struct {
	inner preparedStmt
	busy  bool // its rows are being read
}

type preparedStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// mostPrepared bounds what is kept: River builds some statements anew for each number of jobs.
const mostPrepared = 200

// Close closes the statements first. If one of them stayed open, SQLite would not really close, and would leave the
// latest writes beside the file, where a copy of the file misses them.
func (c *conn) Close() error {
	var errs []error
	for _, s := range c.prepared {
		errs = append(errs, s.inner.Close())
	}
	end := c.sqliteConn.Close
	if c.owned != nil {
		end = func() error { return c.owned.Closing(c.sqliteConn.Close) }
	}
	return errors.Join(append(errs, end())...)
}

// lock takes the right to write. A transaction has it already. It refuses a file that is no longer in its place.
func (c *conn) lock(ctx context.Context) (unlock func(), err error) {
	if c.inTx {
		return func() {}, nil
	}
	if err := c.inPlace(); err != nil {
		return nil, err
	}
	if c.mutex == nil {
		return func() {}, nil
	}
	if err := c.mutex.Lock(ctx, c.urgent); err != nil {
		return nil, err
	}
	return c.mutex.Unlock, nil
}

func (c connector) inPlace() error {
	if c.owned == nil {
		return nil
	}
	return c.owned.InPlace()
}

func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	unlock, err := c.lock(ctx)
	if err != nil {
		return nil, err
	}
	begun, err := c.sqliteConn.BeginTx(ctx, options)
	if err != nil {
		unlock()
		return nil, err
	}
	c.inTx = true
	return &lockedTx{Tx: begun, inPlace: c.inPlace, over: func() {
		c.inTx = false
		unlock()
	}}, nil
}

// lockedTx unlocks at its end.
type lockedTx struct {
	driver.Tx
	inPlace func() error
	over    func()
}

// Commit implements [driver.Tx]. The file may have been taken away meanwhile, with what was committed.
func (t *lockedTx) Commit() error {
	defer t.over()
	if err := t.Tx.Commit(); err != nil {
		return err
	}
	if err := t.inPlace(); err != nil {
		return fmt.Errorf("%w: %w", store.ErrCommitUnknown, err)
	}
	return nil
}

func (t *lockedTx) Rollback() error {
	defer t.over()
	return t.Tx.Rollback()
}

// statement returns a statement to use, or nil when it is to be run as it is: one of many kinds, or
// one whose rows are still being read.
func (c *conn) statement(ctx context.Context, query string) (*statement, error) {
	if s, ok := c.prepared[query]; ok {
		if s.busy {
			return nil, nil //nolint:nilnil // as documented
		}
		return s, nil
	}
	if len(c.prepared) >= mostPrepared {
		return nil, nil //nolint:nilnil // as documented
	}
	opened, err := c.PrepareContext(ctx, withFixedPlan(query))
	if err != nil {
		return nil, err
	}
	inner, ok := opened.(preparedStmt)
	if !ok {
		return nil, fmt.Errorf("ledger: %T is not the statement that modernc.org/sqlite documents", opened)
	}
	s := &statement{inner: inner}
	c.prepared[query] = s
	return s, nil
}

// withFixedPlan returns a statement that SQLite prepares once. It prepares one with "LIMIT ?" anew whenever it is run,
// since the number may suit another plan; it looks no further than a sign before the parameter.
func withFixedPlan(query string) string {
	return strings.NewReplacer("LIMIT ?", "LIMIT +?", "LIMIT $", "LIMIT +$").Replace(query)
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	unlock, err := c.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if len(args) == 0 { // it may be several statements, as in a migration
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.inner.ExecContext(ctx, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	unlock, err := c.lock(ctx)
	if err != nil {
		return nil, err
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		unlock()
		return nil, err
	}
	run, over := func() (driver.Rows, error) { return c.sqliteConn.QueryContext(ctx, query, args) }, unlock
	if s != nil {
		s.busy = true
		run = func() (driver.Rows, error) { return s.inner.QueryContext(ctx, args) }
		over = func() {
			s.busy = false
			unlock()
		}
	}
	found, err := run()
	if err != nil {
		over()
		return nil, err
	}
	return &lockedRows{Rows: found, over: over}, nil
}

// lockedRows unlock when they are closed.
type lockedRows struct {
	driver.Rows
	over func()
}

func (r *lockedRows) Close() error {
	defer r.over()
	return r.Rows.Close()
}
