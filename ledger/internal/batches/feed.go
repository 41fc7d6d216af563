package batches

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// countWaiting counts the requests of a batch that wait for their first try. What Linq turned down for the moment may
// wait for minutes, and keeps nobody else waiting. It repeats the condition of the index requests_of_batch. Without it
// the index is not used.
const countWaiting = `SELECT COUNT(*) FROM requests WHERE batch_id <> '' AND batch_id = $1 AND state = 'accepted' AND tries = 0`

// CountWaiting counts the requests of a batch that wait for their first try.
func CountWaiting(ctx context.Context, db store.Querier, batchID string) (waiting int, err error) {
	if err := db.QueryRow(ctx, countWaiting, batchID).Scan(&waiting); err != nil {
		return 0, fmt.Errorf("feed batch: %w", err)
	}
	return waiting, nil
}

const (
	selectNew = `
		SELECT position, chat_id, handle, undoes FROM batch_items WHERE batch_id = $1 AND request_id = ''
		ORDER BY position LIMIT $2`
	selectLetDown = `
		SELECT i.position, i.chat_id, i.handle, i.undoes FROM batch_items i JOIN requests r ON r.id = i.request_id
		WHERE i.batch_id = $1 AND r.state = 'cancelled' AND r.batch_id <> $1 ORDER BY i.position LIMIT $2`
)

// Unfed returns the next items without a request: neither one of their own, nor one of somebody else's that answers for
// them. A question of somebody else's that was declined answers for no item. Such items are looked for last, since that
// reads all items.
func Unfed(ctx context.Context, db store.Querier, batchID string, limit int) ([]BatchItem, error) {
	items, err := queryUnfed(ctx, db, selectNew, batchID, limit)
	if err != nil || len(items) > 0 {
		return items, err
	}
	return queryUnfed(ctx, db, selectLetDown, batchID, limit)
}

func queryUnfed(ctx context.Context, db store.Querier, query, batchID string, limit int) ([]BatchItem, error) {
	items, err := store.All(ctx, db, func(row store.Row) (item BatchItem, err error) {
		err = row.Scan(&item.Position, &item.ChatID, &item.Handle, &item.Undoes)
		return item, err
	}, query, batchID, limit)
	if err != nil {
		return nil, fmt.Errorf("look for what a batch has yet to ask: %w", err)
	}
	return items, nil
}

// OrderFor returns the order for an item. Its delivery is made of the batch and the item, so that making it twice makes
// one request.
func OrderFor(b Batch, item BatchItem) requests.Order {
	return requests.Order{
		Delivery: fmt.Sprintf("%s-%d", b.ID, item.Position), Kind: b.Kind, Source: b.Source, TeamID: b.TeamID,
		ChannelID: b.ChannelID, UserID: b.UserID, Rule: b.Rule, ChatID: item.ChatID, Handle: item.Handle,
		Undoes: item.Undoes, BatchID: b.ID, Because: b.Because,
	}
}

// Answer records which request answers for an item.
func Answer(ctx context.Context, tx store.Querier, batchID string, position int, requestID string) error {
	_, err := tx.Exec(ctx, `UPDATE batch_items SET request_id = $1 WHERE batch_id = $2 AND position = $3`, requestID, batchID, position)
	return err
}

// MayEnd reports whether a batch has nothing left to happen, as it looks.
func MayEnd(ctx context.Context, db store.Querier, b Batch) (bool, error) {
	if b.State == Paused {
		return false, nil
	}
	p, err := CountItems(ctx, db, b.ID)
	if err != nil {
		return false, err
	}
	open := p.All - p.Ended()
	if b.State == Stopped { // what has no request gets none any more
		open -= p.NotAsked()
	}
	return open <= 0, nil
}

// End ends a batch that [MayEnd], unless it has changed since it was loaded, and reports whether it did.
func End(ctx context.Context, tx store.Querier, d store.Dialect, b Batch, now time.Time) (ended bool, err error) {
	current, err := LoadLocked(ctx, tx, d, b.ID)
	if err != nil || current.State != b.State || !current.Open() {
		return false, err
	}
	if current.State == Running { // somebody else's request that answered for an item may just have come to nothing
		if left, err := Unfed(ctx, tx, b.ID, 1); err != nil || len(left) > 0 {
			return false, err
		}
	}
	current.EndedAt = now
	if current.State == Running {
		current.State = Finished
	}
	return true, save(ctx, tx, current, BatchEvent{At: now, State: current.State, Cause: "all of it has ended"})
}
