// Package postgres keeps a ledger in a PostgreSQL database, which any number of processes share. It implements
// [store.Store] and knows which pool is for what, and what an error of a server means for the connections to it. It
// knows tables only where the two stores need different statements. The packages below it make the connections and
// run the jobs. Begin with [Open].
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres/connect"
	"linqbot/ledger/internal/store/postgres/takeover"
)

// DB is a PostgreSQL database.
type DB struct {
	work   *pgxpool.Pool
	accept *pgxpool.Pool         // apart, so that no backlog of work keeps an order waiting
	jobs   *river.Client[pgx.Tx] // for inserting

	riverConfig *pgxpool.Config // of the connections by which River runs jobs
	running     *takeover.Jobs  // nil before there are any
}

const (
	acceptConnections = 2
	// migrateTime bounds the wait for another replica that brings the schema up to date.
	migrateTime = 5 * time.Minute
)

// Open connects to the database and brings its schema up to date.
func Open(ctx context.Context, databaseURL string) (_ *DB, err error) {
	config, err := connect.Config(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	if err := connect.RefusePooledTransactions(ctx, &config.ConnConfig.Config); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	p := &DB{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	config.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	p.riverConfig = config.Copy()
	const fewest, riversShare = 2, 3 // a third is enough for River's own statements
	p.riverConfig.MaxConns = max(fewest, config.MaxConns/riversShare)
	config.MaxConns = max(fewest, config.MaxConns-p.riverConfig.MaxConns)
	p.riverConfig.MinConns = min(p.riverConfig.MinConns, p.riverConfig.MaxConns)
	config.MinConns = min(config.MinConns, config.MaxConns)
	if p.work, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	accepting := config.Copy()
	accepting.MaxConns, accepting.MinConns = acceptConnections, 1
	if p.accept, err = pgxpool.NewWithConfig(ctx, accepting); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if err := p.work.Ping(ctx); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: the database cannot be reached: %w", err)
	}
	err = p.migrate(ctx)
	if errors.Is(err, store.ErrNewerSchema) {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: the schema cannot be brought up to date: %w", err)
	}
	return p, nil
}

// migrate brings the schema up to date, one replica at a time.
func (p *DB) migrate(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, migrateTime)
	defer cancel()
	db := stdlib.OpenDBFromPool(p.work)
	defer func() { err = errors.Join(err, db.Close()) }()
	session, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	const everySecond, tries = 1, uint64(migrateTime / time.Second)
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(everySecond, tries))
	if err != nil {
		return err
	}
	if err := locker.SessionLock(ctx, session); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, locker.SessionUnlock(context.WithoutCancel(ctx), session)) }()

	if err := store.RefuseNewer(ctx, p.Reader(), p.Dialect()); err != nil {
		return err
	}
	return store.BringUpToDate(ctx, dialect().Migrations, goose.DialectPostgres, db, riverpgxv5.New(p.work))
}

// Dialect implements [store.Store].
func (p *DB) Dialect() store.Dialect { return dialect() }

// Alone implements [store.Store].
func (p *DB) Alone() bool { return false }

// Reader implements [store.Store].
func (p *DB) Reader() store.Querier { return querier{p.work} }

// Writer implements [store.Store].
func (p *DB) Writer() store.Querier { return writer{querier{p.work}, p} }

// InTx implements [store.Store].
func (p *DB) InTx(ctx context.Context, do func(tx store.Tx) error) error {
	return p.inTx(ctx, pgx.TxOptions{}, do)
}

// AsyncTx implements [store.Store].
func (p *DB) AsyncTx(ctx context.Context, do func(tx store.Tx) error) error {
	return p.inTx(ctx, pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL synchronous_commit = off"}, do)
}

func (p *DB) inTx(ctx context.Context, options pgx.TxOptions, do func(tx store.Tx) error) error {
	return p.noticed(pgx.BeginTxFunc(ctx, p.work, options, func(begun pgx.Tx) error {
		return do(transaction{querier: querier{begun}, tx: begun, jobs: p.jobs})
	}))
}

// AcceptTx implements [store.Store].
func (p *DB) AcceptTx(ctx context.Context, do func(tx store.Tx) error) error {
	decided := false
	err := pgx.BeginFunc(ctx, p.accept, func(begun pgx.Tx) error {
		err := do(transaction{querier: querier{begun}, tx: begun, jobs: p.jobs})
		decided = err == nil
		return err
	})
	if err == nil {
		return nil
	}
	// A server that goes down says so too, perhaps after it has committed.
	said, answered := errors.AsType[*pgconn.PgError](err)
	if answered && said.SeverityUnlocalized == "ERROR" {
		return p.noticed(err)
	}
	p.accept.Reset() // after a restart of the server the other connections are gone as well
	if decided {
		return fmt.Errorf("%w: %w", store.ErrCommitUnknown, err)
	}
	return err
}

// noticed returns err. If it says that a server can no longer be written to, such as a primary that has become a
// standby, its connections are dropped. New ones go only to a server that can be written to.
func (p *DB) noticed(err error) error {
	const readOnly = "25006"
	if said, ok := errors.AsType[*pgconn.PgError](err); ok && said.Code == readOnly {
		p.refresh()
	}
	return err
}

// refresh has the pools make new connections: those that there are lead to a server that is gone, or takes nothing.
func (p *DB) refresh() {
	p.accept.Reset()
	p.work.Reset()
}

// NewJobs implements [store.Store].
func (p *DB) NewJobs(config *river.Config) (_ store.Jobs, err error) {
	inserting := *config
	if p.jobs, err = river.NewClient(riverpgxv5.New(p.work), &inserting); err != nil {
		return nil, err
	}
	p.running = takeover.New(takeover.Config{River: *config, Pool: p.riverConfig, Work: p.work, Lost: p.refresh})
	return p.running, nil
}

// Close implements [store.Store].
func (p *DB) Close() error {
	p.running.Close()
	connect.Close(p.accept, p.work)
	return nil
}
