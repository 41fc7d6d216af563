package ledger

import (
	"context"
	"database/sql"
	"errors"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// sqlConn is what a pool and a transaction of database/sql have in common.
type sqlConn interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// sqlQuerier is a pool of connections to SQLite, or a transaction in it.
type sqlQuerier struct {
	in sqlConn
}

func (q sqlQuerier) exec(ctx context.Context, query string, args ...any) (int64, error) {
	return affected(q.in.ExecContext(ctx, query, args...))
}

func (q sqlQuerier) query(ctx context.Context, query string, args ...any) (rows, error) {
	return asRows(q.in.QueryContext(ctx, query, args...))
}

func (q sqlQuerier) queryRow(ctx context.Context, query string, args ...any) row {
	return q.in.QueryRowContext(ctx, query, args...)
}

// sqlTx is a transaction in SQLite.
type sqlTx struct {
	sqlQuerier
	tx   *sql.Tx
	jobs *river.Client[*sql.Tx]
}

func (t sqlTx) insertJobs(ctx context.Context, jobs []river.InsertManyParams) error {
	_, err := t.jobs.InsertManyTx(ctx, t.tx, jobs)
	return err
}

func (t sqlTx) completeShow(ctx context.Context, job *river.Job[showArgs]) error {
	_, err := river.JobCompleteTx[*riversqlite.Driver](ctx, t.tx, job)
	return err
}

// sqlRows are rows whose trouble is told by Err alone, as pgx has it.
type sqlRows struct {
	*sql.Rows
}

func (r sqlRows) Close() { _ = r.Rows.Close() }

func asRows(found *sql.Rows, err error) (rows, error) {
	if err != nil {
		return nil, err
	}
	return sqlRows{found}, nil
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
