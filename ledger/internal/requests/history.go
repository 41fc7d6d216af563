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
	rows, err := db.Query(ctx, `SELECT at, state, cause, trace_id FROM history `+historyClauses+` LIMIT $2`, requestID, most)
	if err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	defer rows.Close()
	var events []Event
	for rows.Next() {
		var e Event
		var at int64
		if err := rows.Scan(&at, &e.State, &e.Cause, &e.TraceID); err != nil {
			return nil, fmt.Errorf("load history: %w", err)
		}
		e.At = store.FromMicros(at)
		events = append(events, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	return events, nil
}
