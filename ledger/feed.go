package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linqbot/ledger/internal/accept"
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
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

// countWaiting counts the requests of a batch that wait for their first try. What Linq turned down for the moment may
// wait for minutes, and keeps nobody else waiting. It repeats the condition of the index requests_of_batch. Without it
// the index is not used.
const countWaiting = `SELECT COUNT(*) FROM requests WHERE batch_id <> '' AND batch_id = $1 AND state = 'accepted' AND tries = 0`

// feedOnce makes the next requests of a batch. It reports whether there are more to make.
func (l *Ledger) feedOnce(ctx context.Context, b Batch) (busy bool, err error) {
	switch b.State {
	case Running:
		if pause, err := l.Paused(ctx); err != nil || pause.Holds() && b.Kind == Remove {
			return false, err
		}
	case Stopped: // Linq may have turned down for the moment what was under way then
		return false, l.cancelRest(ctx, b.ID)
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
	items, err := unfed(ctx, l.store.Reader(), b.ID, feedAhead-waiting)
	if err != nil || len(items) == 0 {
		return false, err
	}
	err = l.makeRequests(ctx, b, items)
	if err != nil && !errors.Is(err, store.ErrMoved) {
		return false, fmt.Errorf("feed batch: %w", err)
	}
	l.dispatcher.Wake()
	return true, nil
}

func (l *Ledger) cancelRest(ctx context.Context, batchID string) error {
	now := l.now()
	var cancelled []Request
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		cancelled, err = cancelUntried(ctx, tx, batchID, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("stop batch: %w", err)
	}
	l.tell(Accepted, now, cancelled...)
	return nil
}

// makeRequests makes the requests for items of a batch, unless somebody has paused or stopped it meanwhile. What people
// ask for one by one is recorded before these.
func (l *Ledger) makeRequests(ctx context.Context, b Batch, items []BatchItem) error {
	orders := make([]Order, len(items))
	for i, item := range items {
		orders[i] = b.order(item)
	}
	made, err := accept.NewCall(orders)
	if err != nil {
		return err
	}
	return l.store.InTx(ctx, func(tx store.Tx) error {
		current, err := loadBatch(ctx, tx, `WHERE id = $1`+l.store.Dialect().LockRows, b.ID)
		if errors.Is(err, ErrNotFound) || err == nil && current.State != Running {
			return nil
		}
		if err != nil {
			return err
		}
		if err := accept.New(l.store, l.now, limits.Counter{}).Record(ctx, tx, []*accept.Call{made}); err != nil {
			return err
		}
		l.counter.Forget(limits.Everybody) // the limit of a day counts these
		for i, a := range made.Results {
			if _, err := tx.Exec(ctx, `UPDATE batch_items SET request_id = $1 WHERE batch_id = $2 AND position = $3`,
				a.Request.ID, b.ID, items[i].Position); err != nil {
				return err
			}
		}
		return nil
	})
}

const (
	selectNew = `
		SELECT position, chat_id, handle, undoes FROM batch_items WHERE batch_id = $1 AND request_id = ''
		ORDER BY position LIMIT $2`
	selectLetDown = `
		SELECT i.position, i.chat_id, i.handle, i.undoes FROM batch_items i JOIN requests r ON r.id = i.request_id
		WHERE i.batch_id = $1 AND r.state = 'cancelled' AND r.batch_id <> $1 ORDER BY i.position LIMIT $2`
)

// unfed returns the next items without a request of their own, and without one of somebody else's that answers for
// them. A question of somebody else's that was answered with no answers for none; these are looked for last, since
// that takes all items.
func unfed(ctx context.Context, db store.Querier, batchID string, limit int) ([]BatchItem, error) {
	items, err := queryUnfed(ctx, db, selectNew, batchID, limit)
	if err != nil || len(items) > 0 {
		return items, err
	}
	return queryUnfed(ctx, db, selectLetDown, batchID, limit)
}

func queryUnfed(ctx context.Context, db store.Querier, query, batchID string, limit int) ([]BatchItem, error) {
	rows, err := db.Query(ctx, query, batchID, limit)
	if err != nil {
		return nil, fmt.Errorf("look for what a batch has yet to ask: %w", err)
	}
	defer rows.Close()
	var items []BatchItem
	for rows.Next() {
		var item BatchItem
		if err := rows.Scan(&item.Position, &item.ChatID, &item.Handle, &item.Undoes); err != nil {
			return nil, fmt.Errorf("look for what a batch has yet to ask: %w", err)
		}
		items = append(items, item)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("look for what a batch has yet to ask: %w", err)
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
		if err != nil || current.State != b.State || !current.Open() {
			return err
		}
		if current.State == Running { // somebody else's request that answered for an item may just have come to nothing
			if left, err := unfed(ctx, tx, b.ID, 1); err != nil || len(left) > 0 {
				return err
			}
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
			err = l.store.InTx(ctx, func(tx store.Tx) error { return requests.ShowBatchSoon(ctx, tx, id) })
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
