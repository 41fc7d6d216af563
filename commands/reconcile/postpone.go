package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/breaker"
)

// sayFrom is the shortest wait of which people are told that they wait for Linq.
const sayFrom = 30 * time.Second

// postpone puts a try off until the pause is over. This does not count as a try. A wait that is too short to tell of is
// not stored.
func (s *Steps) postpone(ctx context.Context, r ledger.Request, told breaker.Wait) (time.Duration, error) {
	now := s.now()
	wait := told.Until.Sub(now)
	if !r.FirstTryAt.IsZero() {
		wait = min(wait, r.FirstTryAt.Add(retryFor).Sub(now))
	}
	wait = max(wait, earlyEnough)
	if wait <= sayFrom {
		return wait, nil
	}
	r.Reason, r.NextTryAt = reasonToWait(told.Why), now.Add(wait)
	_, err := s.save(ctx, r, ledger.Change{
		Cause: fmt.Sprintf("%s; trying in %s", causeOfPause(r.Reason), wait.Round(time.Millisecond)), News: true,
	})
	return wait, err
}

// postponeAfter puts off a try whose reading began a pause. If Linq took no more calls, the time for tries begins with
// that reading. Otherwise a chat that is never read would put off the request for ever.
func (s *Steps) postponeAfter(ctx context.Context, r ledger.Request, at chatSnapshot, told breaker.Wait) (time.Duration, error) {
	if refusal, ok := errors.AsType[*linq.Error](at.err); ok && refusal.Limited() && r.FirstTryAt.IsZero() {
		r.FirstTryAt = s.now()
		var err error
		if r, err = s.save(ctx, r, ledger.Change{Cause: causeOfPause(reasonToWait(told.Why)) + ", so nothing was sent"}); err != nil {
			return 0, err
		}
	}
	return s.postpone(ctx, r, told)
}

// holdForPause returns [ledger.ErrHeld] for a removal while removals are paused. Being held is not a try, so the time
// for tries does not begin with it. While it is not known whether removals are paused, nothing is sent.
func (s *Steps) holdForPause(ctx context.Context, r ledger.Request) error {
	if s.rails.Pauses == nil || r.Kind == ledger.Add {
		return nil
	}
	pause, err := s.rails.Pauses.Paused(ctx)
	if err != nil || !pause.Holds() {
		return err
	}
	if r.Reason != outcome.ReasonPaused && r.Reason != outcome.ReasonRestored {
		r.Reason, r.NextTryAt = outcome.ReasonPaused, time.Time{}
		if _, err := s.save(ctx, r, ledger.Change{Cause: "removals are paused, so nothing was sent", News: true}); err != nil {
			return err
		}
	}
	return ledger.ErrHeld
}

// timeIsOver reports whether the next try of r is its last, which no pause puts off.
func (s *Steps) timeIsOver(r ledger.Request) bool {
	return !r.FirstTryAt.IsZero() && r.FirstTryAt.Add(retryFor).Sub(s.now()) <= earlyEnough
}

// reasonToWait names the cause of a wait that is long enough to tell of.
func reasonToWait(why breaker.Cause) string {
	switch why {
	case breaker.AskedToWait:
		return outcome.ReasonAskedToWait
	case breaker.NoMoreCalls:
		return outcome.ReasonNoMoreCalls
	case breaker.NotAnswering:
	}
	return outcome.ReasonNotAnswering
}

// causeOfPause names the cause of a pause for the history.
func causeOfPause(why string) string {
	switch why {
	case outcome.ReasonAskedToWait:
		return "Linq asks to wait"
	case outcome.ReasonNoMoreCalls:
		return "Linq takes no more calls"
	default:
		return "Linq is not answering"
	}
}

// whyLong is the reason for a long wait after a try: that Linq asked r for it, or that there is a
// pause. Else, where Linq serves others, what the try met stays the reason.
func whyLong(r ledger.Request, asked time.Duration, paused breaker.Wait) string {
	switch {
	case outcome.Refusal(r).Limited() && asked > sayFrom:
		return outcome.ReasonAskedToWait
	case !paused.Until.IsZero():
		return reasonToWait(paused.Why)
	case outcome.Refusal(r).Struggling() && asked > sayFrom:
		return outcome.ReasonNotAnswering
	}
	return r.Reason
}
