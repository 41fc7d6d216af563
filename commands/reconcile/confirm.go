package reconcile

import (
	"context"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

const confirmFor = 10 * time.Minute

// readsAfter are the first readings of the chat after Linq queued a request; then one each 30 s.
func readsAfter() []time.Duration {
	return []time.Duration{
		200 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second,
	}
}

// nextRead returns when the chat is read next. Both times count from when the request was queued.
func nextRead(since time.Duration) time.Duration {
	for _, at := range readsAfter() {
		if at > since {
			return at
		}
	}
	const every = 30 * time.Second
	return min(confirmFor, since.Truncate(every)+every)
}

// Confirm is one reading of the chat after Linq has queued a request of either kind, a removal or an
// addition: only what is seen is said to have happened. It returns after how long it wants to be run
// again; 0 at the end.
func (s *Steps) Confirm(ctx context.Context, id string) (time.Duration, error) {
	return s.afresh(s.confirm(ctx, id))
}

func (s *Steps) confirm(ctx context.Context, id string) (time.Duration, error) {
	r, err := s.records.Request(ctx, id)
	if err != nil || r.State != ledger.Sent {
		return 0, err
	}
	if err := s.awaitFirstRead(ctx, r); err != nil {
		return 0, err
	}
	left := confirmFor - s.now().Sub(r.SentAt)
	t, told, err := s.breaker.Acquire(ctx, runOf(r, left <= 0)) // the last reading is not put off
	if err != nil {
		return 0, err
	}
	if t == nil {
		return min(left, max(soon, told.Until.Sub(s.now()))), nil
	}
	defer t.Release()
	at, err := s.readChat(ctx, t, s.breaker.Confirms, r)
	if err != nil {
		return 0, err
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if end, ok := at.shows(r); ok {
		return 0, s.end(ctx, at.note(r), end.state, end.reason, end.words, "")
	}
	since := s.now().Sub(r.SentAt)
	if since >= confirmFor {
		return 0, s.end(ctx, at.note(r), ledger.Unconfirmed, whyUnconfirmed(r, at), "10 minutes without a sign", "")
	}
	if r.Kind != ledger.Add && at.listed && !r.SeenListed { // what a removal's end depends on
		if _, err := s.save(ctx, at.note(r), ledger.Change{Cause: "the chat still lists them"}); err != nil {
			return 0, err
		}
	}
	return nextRead(since) - since, nil
}

func whyUnconfirmed(r ledger.Request, at chatSnapshot) string {
	switch {
	case at.err != nil:
		return outcome.ReasonUnreadable
	case r.Kind == ledger.Add:
		return outcome.ReasonStillAway
	default:
		return outcome.ReasonStillListed
	}
}

// awaitFirstRead waits in place: the first reading comes sooner than a job can be run again.
func (s *Steps) awaitFirstRead(ctx context.Context, r ledger.Request) error {
	wait := readsAfter()[0] - s.now().Sub(r.SentAt)
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(min(wait, readsAfter()[0]))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
