package batches

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// BatchEvent is one line of a batch's history.
type BatchEvent struct {
	At     time.Time
	State  BatchState
	UserID string // who decided it; "" for linqbot itself
	Cause  string
}

func addHistory(ctx context.Context, tx store.Querier, id string, e BatchEvent) error {
	_, err := tx.Exec(ctx, `INSERT INTO batch_history (batch_id, at, state, user_id, cause) VALUES ($1, $2, $3, $4, $5)`,
		id, store.Micros(e.At), string(e.State), e.UserID, e.Cause)
	return err
}

// History returns what happened to a batch, oldest first, and not more than most.
func History(ctx context.Context, db store.Querier, batchID string, most int) ([]BatchEvent, error) {
	events, err := store.All(ctx, db, func(row store.Row) (e BatchEvent, err error) {
		var at int64
		err = row.Scan(&at, &e.State, &e.UserID, &e.Cause)
		e.At = store.FromMicros(at)
		return e, err
	}, selectHistory, batchID, most)
	if err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	return events, nil
}

const selectHistory = `SELECT at, state, user_id, cause FROM batch_history WHERE batch_id = $1 ORDER BY id LIMIT $2`
