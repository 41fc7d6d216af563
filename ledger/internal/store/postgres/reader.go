package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres/connect"
	"linqbot/ledger/internal/store/postgres/takeover"
)

// readOnly is a database whose server refuses to have it written.
type readOnly struct {
	pool *pgxpool.Pool
}

// OpenReader connects to the database for reading.
func OpenReader(ctx context.Context, databaseURL string) (store.ReadOnly, error) {
	opened, err := openBeside(ctx, databaseURL, map[string]string{"default_transaction_read_only": "on"})
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// guest is a database from which others serve.
type guest struct{ readOnly }

// OpenGuest connects to the database to change a row.
func OpenGuest(ctx context.Context, databaseURL string) (store.Guest, error) {
	opened, err := openBeside(ctx, databaseURL, nil)
	if err != nil {
		return nil, err
	}
	return guest{opened}, nil
}

// IsServed reports whether a process runs the jobs of a database.
func IsServed(ctx context.Context, databaseURL string) (served bool, err error) {
	opened, err := openBeside(ctx, databaseURL, nil)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return takeover.IsServed(ctx, opened.Reader())
}

// Write implements [store.Guest].
func (g guest) Write(ctx context.Context, do func(in store.Querier) error) error {
	return pgx.BeginFunc(ctx, g.pool, func(begun pgx.Tx) error { return do(querier{begun}) })
}

// openBeside connects to the database with settings for each session.
func openBeside(ctx context.Context, databaseURL string, settings map[string]string) (readOnly, error) {
	config, err := connect.Config(databaseURL)
	if err != nil {
		return readOnly{}, fmt.Errorf("DATABASE_URL %w", err)
	}
	if err := connect.RefusePooledTransactions(ctx, &config.ConnConfig.Config); err != nil {
		return readOnly{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	config.ConnConfig.AfterConnect = connect.Then(config.ConnConfig.AfterConnect, settings)
	config.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return readOnly{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	r := readOnly{pool}
	if err := pool.Ping(ctx); err != nil {
		return readOnly{}, errors.Join(fmt.Errorf("DATABASE_URL: the database cannot be reached: %w", err), r.Close())
	}
	return r, nil
}

func (r readOnly) Dialect() store.Dialect { return dialect() }
func (r readOnly) Reader() store.Querier  { return querier{r.pool} }

func (r readOnly) Close() error {
	connect.Close(r.pool)
	return nil
}
