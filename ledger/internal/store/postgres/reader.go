package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres/connect"
)

// readOnly is a database whose server refuses to have it written.
type readOnly struct {
	pool *pgxpool.Pool
}

// OpenReader connects to the database for reading.
func OpenReader(ctx context.Context, databaseURL string) (store.ReadOnly, error) {
	config, err := connect.Config(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	if err := connect.RefusePooledTransactions(ctx, &config.ConnConfig.Config); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	config.ConnConfig.AfterConnect = connect.Then(config.ConnConfig.AfterConnect, map[string]string{"default_transaction_read_only": "on"})
	config.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	r := readOnly{pool}
	if err := pool.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("DATABASE_URL: the database cannot be reached: %w", err), r.Close())
	}
	return r, nil
}

func (r readOnly) Dialect() store.Dialect { return dialect() }
func (r readOnly) Reader() store.Querier  { return querier{r.pool} }

func (r readOnly) Close() error {
	connect.Close(r.pool)
	return nil
}
