package ledger

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// pgxQuerier is what a pool and a transaction of pgx have in common.
type pgxQuerier interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// pgQuerier is a pool of connections to PostgreSQL, or a transaction in it.
type pgQuerier struct {
	in pgxQuerier
}

func (q pgQuerier) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := q.in.Exec(ctx, query, storable(args)...)
	return tag.RowsAffected(), err
}

func (q pgQuerier) query(ctx context.Context, query string, args ...any) (rows, error) {
	return q.in.Query(ctx, query, storable(args)...) //nolint:sqlclosecheck // the caller closes them
}

func (q pgQuerier) queryRow(ctx context.Context, query string, args ...any) row {
	return q.in.QueryRow(ctx, query, storable(args)...)
}

// pgTx is a transaction in PostgreSQL.
type pgTx struct {
	pgQuerier
	tx   pgx.Tx
	jobs *river.Client[pgx.Tx]
}

func (t pgTx) insertJobs(ctx context.Context, jobs []river.InsertManyParams) error {
	_, err := t.jobs.InsertManyTx(ctx, t.tx, jobs)
	return err
}

func (t pgTx) completeShow(ctx context.Context, job *river.Job[showArgs]) error {
	_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, t.tx, job)
	return err
}

// storable takes out of texts what PostgreSQL cannot hold, a NUL or bytes that are not UTF-8: what
// others named their chat must not keep a request from ending.
func storable(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = storableText(text)
		}
	}
	return args
}

func storableText(text string) string {
	if !strings.ContainsRune(text, 0) && utf8.ValidString(text) {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}
