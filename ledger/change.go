package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"linqbot/ledger/internal/jobs"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// Save stores r, adds the change to its history, and starts what follows from it. A request that became [Sent] is
// confirmed, and news are shown. All of it happens, or none. It returns the request as stored; [ErrStale] when
// someone else saved it since it was loaded, or when it is about to be tried and its batch was paused or stopped since.
func (l *Ledger) Save(ctx context.Context, r Request, c Change) (Request, error) {
	now := l.now()
	if r.State.Final() && r.EndedAt.IsZero() {
		r.EndedAt = now
	}
	var before State
	var stored Request
	err := l.store.InTx(ctx, func(tx store.Tx) error {
		wait, err := l.awaitsOutcome(ctx, tx, r, now)
		if err != nil {
			return err
		}
		if r.BatchID != "" { // nothing of it shows by itself
			c.ShowAgain = time.Time{}
		}
		if wait && (c.ShowAgain.IsZero() || !r.State.Final()) {
			c.ShowAgain = r.AcceptedAt.Add(requests.FirstShow)
		}
		if before, err = requests.StateOf(ctx, tx, r.ID); err != nil {
			return err
		}
		var changed bool
		if stored, changed, err = requests.Update(ctx, tx, r, c); err != nil {
			return err
		}
		if !changed {
			return ErrStale
		}
		if err := requests.AddHistory(ctx, tx, r.ID, Event{At: now, State: r.State, Cause: c.Cause, TraceID: c.TraceID}); err != nil {
			return err
		}
		if r.Undoes != "" && r.State.Final() {
			if err := requests.ShowSoon(ctx, tx, r.Undoes, now); err != nil {
				return err
			}
		}
		var next []jobs.Job
		if r.State == Sent && before != Sent {
			next = append(next, jobs.Confirm(r.ID, r.BatchID != ""))
		}
		if r.BatchID == "" && c.News && !wait {
			next = append(next, jobs.Show(r.Delivery))
		}
		if r.BatchID != "" && before.Final() { // a late webhook, of a batch that may be shown for the last time
			if err := requests.ShowBatchSoon(ctx, tx, r.BatchID); err != nil {
				return err
			}
		}
		return jobs.Insert(ctx, tx, next...)
	})
	if err != nil {
		return Request{}, fmt.Errorf("save request %s: %w", r.ShortID(), err)
	}
	l.tell(before, now, stored)
	if r.State.Final() && (r.Undoes != "" || r.BatchID != "") {
		l.dispatcher.Wake() // what it undoes is due to be shown
	}
	return stored, nil
}

// awaitsOutcome reports whether news of r wait because the first message of its delivery does. That message waits for
// the outcome of the whole delivery, until [requests.FirstShow] is over. What is still open then is due to be shown,
// and the rest with it.
func (l *Ledger) awaitsOutcome(ctx context.Context, tx store.Tx, r Request, now time.Time) (bool, error) {
	if r.BatchID != "" || !now.Before(r.AcceptedAt.Add(requests.FirstShow)) {
		return false, nil
	}
	if !r.State.Final() {
		return true, nil
	}
	// All are locked, so that of two that end side by side the later sees the earlier.
	all, err := requests.LockDelivery(ctx, tx, l.store.Dialect(), r.Delivery)
	return slices.ContainsFunc(all, func(other Request) bool { return other.ID != r.ID && !other.State.Final() }), err
}

// Decide answers the question that a delivery waits for (state [Asked]): yes and its requests are
// carried on, no and they are cancelled. It returns the requests as they then stand, and how many of
// them this call decided; none when the question was answered before, or has expired. The caller has
// checked that the person may answer.
func (l *Ledger) Decide(ctx context.Context, delivery string, yes bool, cause string) ([]Request, int, error) {
	now := l.now()
	var all, decided []Request
	err := l.store.InTx(ctx, func(tx store.Tx) (err error) {
		all, decided, err = requests.Decide(ctx, tx, l.store.Dialect(), delivery, yes, cause, now)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("decide: %w", err)
	}
	if len(all) == 0 {
		return nil, 0, fmt.Errorf("decide: %w", ErrNotFound)
	}
	l.tell(Asked, now, decided...)
	if yes && len(decided) > 0 {
		l.dispatcher.Wake()
	}
	return all, len(decided), nil
}

// Transition is a change of a request's state.
type Transition struct {
	Request Request // as it now is
	Before  State
	At      time.Time
}

// tell reports a change that is stored.
func (l *Ledger) tell(before State, at time.Time, now ...Request) {
	if l.changed == nil {
		return
	}
	for _, r := range now {
		if r.State != before {
			l.changed(Transition{Request: r, Before: before, At: at})
		}
	}
}
