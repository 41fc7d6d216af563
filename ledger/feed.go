package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linqbot/ledger/internal/accept"
	"linqbot/ledger/internal/batches"
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// lastLookAfter is how long after its end a batch can be taken back. Package batch offers it for as long.
const lastLookAfter = 24 * time.Hour

const (
	// feedAhead is how many requests of a batch wait for their first try. More would only fill the ledger with rows
	// that a stop has to cancel; fewer would leave workers without work.
	feedAhead = 64
	// feedEvery is how soon the requests that were carried on are followed by new ones.
	feedEvery = 20 * time.Millisecond
	// feedFor is how long one run goes on, so that other batches get their turn.
	feedFor = 5 * time.Second
	// feedIdly is how often a batch is looked at while it is paused, or waits for its last outcomes.
	feedIdly = time.Second
)

// feed makes the requests of a batch, a few at a time, and ends it when the last of them has ended. It runs as a
// job for as long as the batch is open, so another process goes on where this one stopped.
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
	waiting, err := batches.CountWaiting(ctx, l.store.Reader(), b.ID)
	if err != nil {
		return false, err
	}
	if waiting > feedAhead/2 {
		return true, nil
	}
	items, err := batches.Unfed(ctx, l.store.Reader(), b.ID, feedAhead-waiting)
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

// cancelRest cancels those requests of a stopped batch that cannot have had an effect at Linq.
func (l *Ledger) cancelRest(ctx context.Context, batchID string) error {
	now := l.now()
	var cancelled []Request
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		cancelled, err = batches.CancelUntried(ctx, tx, l.store.Dialect(), batchID, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("stop batch: %w", err)
	}
	l.tell(Accepted, now, cancelled...)
	return nil
}

// errNotRunning rolls back what was made for a batch that no longer runs.
var errNotRunning = errors.New("ledger: the batch does not run")

// makeRequests makes the requests for items of a batch, unless somebody has paused or stopped it meanwhile. What people
// ask for one by one is recorded before these. The batch's row is locked last, as [requests.LockOrder] says.
func (l *Ledger) makeRequests(ctx context.Context, b Batch, items []BatchItem) error {
	orders := make([]Order, len(items))
	for i, item := range items {
		orders[i] = batches.OrderFor(b, item)
	}
	made, err := accept.NewCall(orders)
	if err != nil {
		return err
	}
	err = l.store.InTx(ctx, func(tx store.Tx) error {
		if err := accept.New(l.store, l.now, limits.Counter{}).Record(ctx, tx, []*accept.Call{made}); err != nil {
			return err
		}
		l.counter.Forget(limits.Everybody) // the limit of a day counts these
		for i, a := range made.Results {
			if err := batches.Answer(ctx, tx, b.ID, items[i].Position, a.Request.ID); err != nil {
				return err
			}
		}
		current, err := batches.LoadLocked(ctx, tx, l.store.Dialect(), b.ID)
		if errors.Is(err, ErrNotFound) || err == nil && current.State != Running {
			return errNotRunning
		}
		return err
	})
	if errors.Is(err, errNotRunning) {
		return nil
	}
	return err
}

// endBatch ends a batch if nothing in it is left to happen, and reports whether it did.
func (l *Ledger) endBatch(ctx context.Context, b Batch) (ended bool, err error) {
	if over, err := batches.MayEnd(ctx, l.store.Reader(), b); err != nil || !over {
		return false, err
	}
	now := l.now()
	err = l.store.InTx(ctx, func(tx store.Tx) (err error) {
		ended, err = batches.End(ctx, tx, l.store.Dialect(), b, now)
		return err
	})
	if ended && err == nil {
		l.dispatcher.Wake()
	}
	return ended, err
}

// expireBatches declines the plans to which nobody said yes in time.
func (l *Ledger) expireBatches(ctx context.Context) error {
	now := l.now()
	ids, err := batches.Expired(ctx, l.store.Reader(), now)
	for _, id := range ids {
		if err == nil {
			err = l.store.InTx(ctx, func(tx store.Tx) error { return batches.Expire(ctx, tx, l.store.Dialect(), id, now) })
		}
	}
	if err != nil {
		return fmt.Errorf("expire batches: %w", err)
	}
	return nil
}

// lookAgain has batches shown once more when the time to take them back is over, so that the button for it goes.
func (l *Ledger) lookAgain(ctx context.Context) error {
	ids, err := batches.Unshown(ctx, l.store.Reader(), l.now().Add(-lastLookAfter))
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
