package ledger

import (
	"context"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the database driver "pgx"

	"linqbot/ledger/internal/groupcommit"
	"linqbot/ledger/internal/prune"
)

// ErrDoubtful says that the commit of an order was under way when time ran out.
var ErrDoubtful = groupcommit.ErrDoubtful

// Exec runs a statement in a ledger's store, for what only a test does.
func (l *Ledger) Exec(ctx context.Context, statement string) error {
	_, err := l.store.Writer().Exec(ctx, statement)
	return err
}

// Count returns how many rows each of the tables has.
func (l *Ledger) Count(ctx context.Context, tables ...string) (map[string]int, error) {
	rows := make(map[string]int)
	for _, table := range tables {
		var n int
		if err := l.store.Reader().QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
			return nil, err
		}
		rows[table] = n
	}
	return rows, nil
}

// StoredInputs returns the inputs of a run as they are stored.
func (l *Ledger) StoredInputs(ctx context.Context, id string) (inputs string, err error) {
	err = l.store.Reader().QueryRow(ctx, `SELECT inputs FROM executions WHERE id = $1`, id).Scan(&inputs)
	return inputs, err
}

// LeftOut returns how many lines an outage has kept out of the log.
func (l *Ledger) LeftOut() int { return l.lost.LeftOut() }

// Prune does what the ledger does each hour, and returns how many records it deleted.
func (l *Ledger) Prune(ctx context.Context, before time.Time) (int64, error) {
	return prune.Before(ctx, l.store, before)
}

// FeedOnce makes the next requests of a batch, as it was when b was loaded.
func (l *Ledger) FeedOnce(ctx context.Context, b Batch) error {
	_, err := l.feedOnce(ctx, b)
	return err
}

// EndBatch ends a batch if nothing in it is left to happen, and reports whether it did.
func (l *Ledger) EndBatch(ctx context.Context, b Batch) (bool, error) { return l.endBatch(ctx, b) }
