package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// postgres is a PostgreSQL database, which any number of processes share.
type postgres struct {
	work   *pgxpool.Pool
	accept *pgxpool.Pool // apart, so that no backlog of work keeps an order waiting
	jobs   *river.Client[pgx.Tx]
}

const (
	// workConnections is the size of the pool for the work, unless the URL says pool_max_conns.
	workConnections   = 12
	acceptConnections = 2
	connectTime       = 2 * time.Second
	// migrateTime bounds the wait for another replica that brings the schema up to date.
	migrateTime = 5 * time.Minute
)

// postgresConfig reads a URL. Its error says what is wrong without quoting the password.
func postgresConfig(databaseURL string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, errors.New("is no URL of a PostgreSQL database: write postgres://user:password@host:5432/database, with %-escapes in the password")
	}
	params := config.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "linqbot"
	}
	// The server lets go, within half a minute, of what a replica holds whose machine is gone: its locks
	// on rows, and the one on the schema. No transaction of ours or of River's waits for anything but the
	// server, and the lock on the schema is held outside of one.
	for name, value := range map[string]string{
		"idle_in_transaction_session_timeout": "10s",
		"tcp_keepalives_idle":                 "15",
		"tcp_keepalives_interval":             "5",
		"tcp_keepalives_count":                "3",
	} {
		if params[name] == "" && !strings.Contains(params["options"], name) {
			params[name] = value
		}
	}
	// An acknowledged command is on disk, whatever the server's default is.
	params["synchronous_commit"] = "on"
	if !strings.Contains(databaseURL, "connect_timeout=") {
		config.ConnConfig.ConnectTimeout = connectTime
	}
	if !strings.Contains(databaseURL, "pool_max_conns=") {
		config.MaxConns = workConnections
	}
	return config, nil
}

func openPostgres(ctx context.Context, databaseURL string) (_ *postgres, err error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	p := &postgres{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
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
	if errors.Is(err, ErrNewerSchema) {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: the schema cannot be brought up to date: %w", err)
	}
	return p, nil
}

// migrate brings the schema up to date, one replica at a time.
func (p *postgres) migrate(ctx context.Context) (err error) {
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

	if err := refuseNewer(ctx, p.reader(), p.dialect()); err != nil {
		return err
	}
	return bringUpToDate(ctx, postgresDialect().folder, goose.DialectPostgres, db, riverpgxv5.New(p.work))
}

func (p *postgres) dialect() dialect { return postgresDialect() }
func (p *postgres) reader() querier  { return pgQuerier{p.work} }
func (p *postgres) writer() querier  { return pgQuerier{p.work} }

func (p *postgres) inTx(ctx context.Context, do func(tx tx) error) error {
	return pgx.BeginFunc(ctx, p.work, func(begun pgx.Tx) error {
		return do(pgTx{pgQuerier: pgQuerier{begun}, tx: begun, jobs: p.jobs})
	})
}

func (p *postgres) acceptTx(ctx context.Context, do func(tx tx) error) error {
	decided := false
	err := pgx.BeginFunc(ctx, p.accept, func(begun pgx.Tx) error {
		err := do(pgTx{pgQuerier: pgQuerier{begun}, tx: begun, jobs: p.jobs})
		decided = err == nil
		return err
	})
	if err == nil {
		return nil
	}
	// A server that goes down says so too, perhaps after it has committed.
	said, answered := errors.AsType[*pgconn.PgError](err)
	if answered && said.SeverityUnlocalized == "ERROR" {
		return err
	}
	p.accept.Reset() // after a restart of the server the other connections are gone as well
	if decided {
		return fmt.Errorf("%w: %w", errCommitUnknown, err)
	}
	return err
}

func (p *postgres) newJobs(config *river.Config) (_ jobs, err error) {
	p.jobs, err = river.NewClient(riverpgxv5.New(p.work), config)
	return p.jobs, err
}

func (p *postgres) close() error {
	closePools(p.accept, p.work)
	return nil
}

// closeTime is how long closing waits. A connection whose server does not answer, and which pgx closes
// at its leisure, would hold up the end of the process, with which it ends anyway.
const closeTime = time.Second

func closePools(pools ...*pgxpool.Pool) {
	var closing sync.WaitGroup
	for _, pool := range pools {
		if pool != nil {
			closing.Go(pool.Close)
		}
	}
	closed := make(chan struct{})
	go func() {
		closing.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(closeTime):
	}
}
