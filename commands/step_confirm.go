package commands

import (
	"context"
	"time"

	"linqbot/ledger"
)

const confirmFor = 10 * time.Minute

// readsAfter are the first readings of the chat after Linq queued a removal; then one each 30 s.
func readsAfter() []time.Duration {
	return []time.Duration{
		200 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second,
	}
}

// nextRead returns when the chat is read next, for a moment so long after the removal was queued.
func nextRead(since time.Duration) time.Duration {
	for _, at := range readsAfter() {
		if at > since {
			return at
		}
	}
	const every = 30 * time.Second
	return min(confirmFor, since.Truncate(every)+every)
}

// Confirm is one reading of the chat after Linq has queued a removal: only what is seen is said to
// have happened. It returns after how long it wants to be run again; 0 at the end.
func (s *Steps) Confirm(ctx context.Context, id string) (time.Duration, error) {
	r, err := s.records.Request(ctx, id)
	if err != nil || r.State != ledger.Sent {
		return 0, err
	}
	if err := s.awaitFirstRead(ctx, r); err != nil {
		return 0, err
	}
	at, err := s.look(ctx, r)
	if err != nil {
		return 0, err
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if state, gone := at.gone(r); gone {
		return 0, s.end(ctx, at.note(r), state, ReasonSeenGone, "the chat shows that they are gone", "")
	}
	since := s.now().Sub(r.SentAt)
	if since >= confirmFor {
		reason := ReasonStillListed
		if at.err != nil {
			reason = ReasonUnreadable
		}
		return 0, s.end(ctx, at.note(r), ledger.Unconfirmed, reason, "10 minutes without a sign", "")
	}
	if at.listed && !r.SeenListed {
		if _, err := s.save(ctx, at.note(r), ledger.Change{Cause: "the chat still lists them"}); err != nil {
			return 0, err
		}
	}
	return nextRead(since) - since, nil
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
