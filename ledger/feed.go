package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// lastLookAfter is how long after its end something of a batch still changes by itself: package batch offers for as
// long to take it back.
const lastLookAfter = 24 * time.Hour

const (
	// feedAhead is how many requests of a batch wait for their first try. More would only fill the ledger with rows
	// that a stop has to cancel; fewer would leave workers without work.
	feedAhead = 64
	// feedEvery is how soon the requests that were carried on are followed by new ones.
	feedEvery = 20 * time.Millisecond
	// feedFor is how long one run goes on, so that other batches get their turn.
	feedFor = 5 * time.Second
	// feedIdly is how soon a batch is looked at again that is paused, or waits for its last outcomes.
	feedIdly = time.Second
)

// feed makes the requests of a batch, a few at a time, and ends it when the last of them has ended. It runs as a
// job for as long as the batch is open, so whatever process comes next goes on where the last one was.
func (l *Ledger) feed(ctx context.Context, batchID string) (time.Duration, error) {
	until := time.Now().Add(feedFor)
	tick := time.NewTicker(feedEvery)
	defer tick.Stop()
	for {
		b, err := l.Batch(ctx, batchID)
		if errors.Is(err, ErrNotFound) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		busy, err := l.feedOnce(ctx, b)
		switch {
		case err != nil:
			return 0, err
		case b.State != Running && b.State != Paused && b.State != Stopped:
			return 0, nil
		case !busy:
			ended, err := l.endBatch(ctx, b)
			if ended || err != nil {
				return 0, err
			}
			return feedIdly, nil
		case time.Now().After(until):
			return feedEvery, nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-tick.C:
		}
	}
}

// countWaiting repeats the condition of the index requests_of_batch. Without it the index is not used.
const countWaiting = `SELECT COUNT(*) FROM requests WHERE batch_id <> '' AND batch_id = $1 AND state = 'accepted'`

// feedOnce makes the next requests of a batch. It reports whether there are more to make.
func (l *Ledger) feedOnce(ctx context.Context, b Batch) (busy bool, err error) {
	switch b.State {
	case Running:
		if pause, err := l.Paused(ctx); err != nil || pause.Holds() && b.Kind == Remove {
			return false, err
		}
	case Stopped: // a request may have been made while it was stopped
		return false, l.store.InTx(ctx, func(tx store.Tx) error {
			_, err := cancelUntried(ctx, tx, b.ID, l.now())
			return err
		})
	default:
		return false, nil
	}
	var waiting int
	if err := l.store.Reader().QueryRow(ctx, countWaiting, b.ID).Scan(&waiting); err != nil {
		return false, fmt.Errorf("feed batch: %w", err)
	}
	if waiting > feedAhead/2 {
		return true, nil
	}
	items, err := l.unfed(ctx, b.ID, feedAhead-waiting)
	if err != nil || len(items) == 0 {
		return false, err
	}
	orders := make([]Order, len(items))
	for i, item := range items {
		orders[i] = b.order(item)
	}
	accepted, err := l.Accept(ctx, orders)
	if err != nil {
		return false, err
	}
	return true, l.store.InTx(ctx, func(tx store.Tx) error {
		for i, a := range accepted {
			if _, err := tx.Exec(ctx, `UPDATE batch_items SET request_id = $1 WHERE batch_id = $2 AND position = $3`,
				a.Request.ID, b.ID, items[i].Position); err != nil {
				return err
			}
		}
		return nil
	})
}

// unfed returns the next items without a request of their own, and without one of somebody else's that answers for
// them. A question of somebody else's that was answered with no answers for none.
func (l *Ledger) unfed(ctx context.Context, batchID string, limit int) ([]BatchItem, error) {
	rows, err := l.store.Reader().Query(ctx, `
		SELECT position, chat_id, handle, undoes FROM batch_items WHERE batch_id = $1 AND request_id = ''
		UNION ALL
		SELECT i.position, i.chat_id, i.handle, i.undoes FROM batch_items i JOIN requests r ON r.id = i.request_id
		WHERE i.batch_id = $1 AND r.state = 'cancelled' AND r.batch_id <> $1
		ORDER BY 1 LIMIT $2`, batchID, limit)
	if err != nil {
		return nil, fmt.Errorf("feed batch: %w", err)
	}
	defer rows.Close()
	var items []BatchItem
	for rows.Next() {
		var item BatchItem
		if err := rows.Scan(&item.Position, &item.ChatID, &item.Handle, &item.Undoes); err != nil {
			return nil, fmt.Errorf("feed batch: %w", err)
		}
		items = append(items, item)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("feed batch: %w", err)
	}
	return items, nil
}

// order is the request for an item. Its delivery is made of the batch and the item, so that making it twice makes
// one request.
func (b Batch) order(item BatchItem) Order {
	return Order{
		Delivery: fmt.Sprintf("%s-%d", b.ID, item.Position), Kind: b.Kind, Source: b.Source, TeamID: b.TeamID,
		ChannelID: b.ChannelID, UserID: b.UserID, Rule: b.Rule, ChatID: item.ChatID, Handle: item.Handle,
		Undoes: item.Undoes, BatchID: b.ID, Because: b.Because,
	}
}

// endBatch ends a batch of which nothing is left to happen, and reports whether it did.
func (l *Ledger) endBatch(ctx context.Context, b Batch) (ended bool, err error) {
	if b.State == Paused {
		return false, nil
	}
	p, err := l.Progress(ctx, b.ID)
	if err != nil {
		return false, err
	}
	open := p.All - p.Ended()
	if b.State == Stopped { // what has no request gets none any more
		open -= p.NotAsked()
	}
	if open > 0 {
		return false, nil
	}
	now := l.now()
	err = l.store.InTx(ctx, func(tx store.Tx) error {
		current, err := loadBatch(ctx, tx, `WHERE id = $1`+l.store.Dialect().LockRows, b.ID)
		if err != nil || current.State != b.State {
			return err
		}
		ended = true
		current.EndedAt = now
		if current.State == Running {
			current.State = Finished
		}
		return saveBatch(ctx, tx, current, BatchEvent{At: now, State: current.State, Cause: "all of it has ended"})
	})
	if ended && err == nil {
		l.dispatcher.Wake()
	}
	return ended, err
}

// expireBatches declines the plans to which nobody said yes in time.
func (l *Ledger) expireBatches(ctx context.Context) error {
	now := l.now()
	ids, err := store.Strings(ctx, l.store.Reader(),
		`SELECT id FROM batches WHERE state = 'proposed' AND expires_at <= $1 ORDER BY id LIMIT 100`, store.Micros(now))
	if err != nil {
		return fmt.Errorf("expire batches: %w", err)
	}
	for _, id := range ids {
		err := l.store.InTx(ctx, func(tx store.Tx) error {
			b, err := loadBatch(ctx, tx, `WHERE id = $1`+l.store.Dialect().LockRows, id)
			if err != nil || b.State != Proposed || now.Before(b.ExpiresAt) {
				return err
			}
			b.State, b.EndedAt = Declined, now
			return saveBatch(ctx, tx, b, BatchEvent{At: now, State: Declined, Cause: "nobody said yes in time"})
		})
		if err != nil {
			return fmt.Errorf("expire batches: %w", err)
		}
	}
	return nil
}

// selectUnshown repeats the condition of the index batches_unshown. Without it the index is not used.
const selectUnshown = `SELECT id FROM batches WHERE ended_at > 0 AND NOT shown AND ended_at <= $1 ORDER BY ended_at LIMIT 100`

// lookAgain has batches shown once more whose end was shown, and with it what is not on offer any more.
func (l *Ledger) lookAgain(ctx context.Context) error {
	ids, err := store.Strings(ctx, l.store.Reader(), selectUnshown, store.Micros(l.now().Add(-lastLookAfter)))
	for _, id := range ids {
		if err == nil {
			err = l.store.InTx(ctx, func(tx store.Tx) error { return showBatchSoon(ctx, tx, id) })
		}
	}
	if err != nil {
		return fmt.Errorf("show batches again: %w", err)
	}
	if len(ids) > 0 {
		l.dispatcher.Wake()
	}
	return nil
}
