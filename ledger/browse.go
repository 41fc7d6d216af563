package ledger

import (
	"context"
	"errors"
	"fmt"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// RequestsNamed returns the requests with this id or short id, the newest first, and not more than most. A short id
// is looked for among the newest 100,000; [Reader.Lookup] looks among all.
func (r *Reader) RequestsNamed(ctx context.Context, id string, most int) ([]Request, error) {
	return requests.Named(ctx, r.from.Reader(), id, most)
}

// BatchNamed returns the newest batch with this id or short id; [ErrNotFound] when there is none.
func (r *Reader) BatchNamed(ctx context.Context, id string) (Batch, error) {
	if len(id) == store.IDLength {
		return r.Batch(ctx, id)
	}
	return loadBatch(ctx, r.from.Reader(), store.NamedClauses("batches"), id, 1)
}

// History returns what happened to a request, oldest first, and not more than most.
func (r *Reader) History(ctx context.Context, requestID string, most int) ([]Event, error) {
	return requests.History(ctx, r.from.Reader(), requestID, most)
}

// Followers returns those who asked for what was under way, oldest first, and not more than most.
func (r *Reader) Followers(ctx context.Context, requestID string, most int) ([]Follower, error) {
	return requests.FollowersOf(ctx, r.from.Reader(), requestID, most)
}

// UndoneBy returns the id of the request that takes a removal back; "" when there is none.
func (r *Reader) UndoneBy(ctx context.Context, requestID string) (string, error) {
	undo, err := requests.UndoneBy(ctx, r.from.Reader(), requestID)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return undo.ID, err
}

// NewestBatches returns the newest batches, and not more than most.
func (r *Reader) NewestBatches(ctx context.Context, most int) ([]Batch, error) {
	rows, err := r.from.Reader().Query(ctx, selectBatches+newestBatchesClauses, most)
	if err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	defer rows.Close()
	var batches []Batch
	for rows.Next() {
		b, err := scanBatch(rows)
		if err != nil {
			return nil, fmt.Errorf("load batches: %w", err)
		}
		batches = append(batches, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	return batches, nil
}

const newestBatchesClauses = `ORDER BY id DESC LIMIT $1`

// Progress counts the items of a batch by state.
func (r *Reader) Progress(ctx context.Context, batchID string) (Progress, error) {
	return countItems(ctx, r.from.Reader(), batchID)
}

// BatchHistory returns what happened to a batch, oldest first, and not more than most.
func (r *Reader) BatchHistory(ctx context.Context, batchID string, most int) ([]BatchEvent, error) {
	rows, err := r.from.Reader().Query(ctx, batchHistory, batchID, most)
	if err != nil {
		return nil, fmt.Errorf("load history: %w", err)
	}
	defer rows.Close()
	var events []BatchEvent
	for rows.Next() {
		var e BatchEvent
		var at int64
		if err := rows.Scan(&at, &e.State, &e.UserID, &e.Cause); err != nil {
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

const batchHistory = `SELECT at, state, user_id, cause FROM batch_history WHERE batch_id = $1 ORDER BY id LIMIT $2`
