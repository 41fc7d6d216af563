package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"linqbot/ledger/internal/store"
)

// sqlConn is what a pool and a transaction of database/sql have in common.
type sqlConn interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// querier is a pool of connections to SQLite, or a transaction in it.
type querier struct {
	in sqlConn
}

// NewQuerier returns a querier of a pool or a transaction.
func NewQuerier(in sqlConn) store.Querier { return querier{in} }

func (q querier) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(q.in.ExecContext(ctx, query, args...))
}

func (q querier) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	return asRows(q.in.QueryContext(ctx, query, args...))
}

func (q querier) QueryRow(ctx context.Context, query string, args ...any) store.Row {
	return q.in.QueryRowContext(ctx, query, args...)
}

// transaction is a transaction in SQLite.
type transaction struct {
	querier
	tx       *sql.Tx
	jobs     *river.Client[*sql.Tx]
	inserted []*rivertype.JobInsertResult
}

func (t *transaction) InsertJobs(ctx context.Context, jobs []river.InsertManyParams) error {
	inserted, err := t.jobs.InsertManyTx(ctx, t.tx, jobs)
	t.inserted = append(t.inserted, inserted...)
	return err
}

func (t *transaction) CompleteJob(ctx context.Context, job *rivertype.JobRow) error {
	_, err := river.JobCompleteTx[riverDriver](ctx, t.tx, &river.Job[store.AnyArgs]{JobRow: job})
	return err
}

// rows are rows whose trouble is told by Err alone, as pgx has it.
type rows struct {
	*sql.Rows
}

func (r rows) Close() { _ = r.Rows.Close() }

func asRows(found *sql.Rows, err error) (store.Rows, error) {
	if err != nil {
		return nil, err
	}
	return rows{found}, nil
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
