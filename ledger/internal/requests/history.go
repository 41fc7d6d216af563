package requests

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// Event is one line of a request's history.
type Event struct {
	At      time.Time
	State   State
	Cause   string
	TraceID string
}

// AddHistory adds a line.
func AddHistory(ctx context.Context, tx store.Querier, requestID string, e Event) error {
	_, err := tx.Exec(ctx,
		`INSERT INTO history (request_id, at, state, cause, trace_id) VALUES ($1, $2, $3, $4, $5)`,
		requestID, store.Micros(e.At), string(e.State), e.Cause, e.TraceID)
	return err
}

const historyClauses = `WHERE request_id = $1 ORDER BY id`

// History returns what happened to a request, oldest first, and not more than most.
func History(ctx context.Context, db store.Querier, requestID string, most int) ([]Event, error) {
	events, err := store.All(ctx, db, func(row store.Row) (e Event, err error) {
		var at int64
		err = row.Scan(&at, &e.State, &e.Cause, &e.TraceID)
		e.At = store.FromMicros(at)
		return e, err
	}, `SELECT at, state, cause, trace_id FROM history `+historyClauses+` LIMIT $2`, requestID, most)
	if err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	return events, nil
}
