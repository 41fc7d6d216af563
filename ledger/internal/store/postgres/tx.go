package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"linqbot/ledger/internal/store"
)

// poolOrTx is what a pool and a transaction of pgx have in common.
type poolOrTx interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// querier is a pool of connections to PostgreSQL, or a transaction in it.
type querier struct {
	in poolOrTx
}

func (q querier) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := q.in.Exec(ctx, query, storable(args)...)
	return tag.RowsAffected(), err
}

func (q querier) Query(ctx context.Context, query string, args ...any) (store.Rows, error) {
	return q.in.Query(ctx, query, storable(args)...) //nolint:sqlclosecheck // the caller closes them
}

func (q querier) QueryRow(ctx context.Context, query string, args ...any) store.Row {
	return q.in.QueryRow(ctx, query, storable(args)...)
}

// writer is a querier whose errors the database notices.
type writer struct {
	querier
	db *DB
}

func (w writer) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	affected, err := w.querier.Exec(ctx, query, args...)
	return affected, w.db.noticed(err)
}

// transaction is a transaction in PostgreSQL.
type transaction struct {
	querier
	tx   pgx.Tx
	jobs *river.Client[pgx.Tx]
}

func (t transaction) InsertJobs(ctx context.Context, jobs []river.InsertManyParams) error {
	_, err := t.jobs.InsertManyTx(ctx, t.tx, jobs)
	return err
}

func (t transaction) CompleteJob(ctx context.Context, job *rivertype.JobRow) error {
	_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, t.tx, &river.Job[store.AnyArgs]{JobRow: job})
	return err
}

// storable makes the texts among the arguments storable.
func storable(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = store.StorableText(text)
		}
	}
	return args
}
