package commands

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger"
)

// sayFrom is the wait from which people are told that it is Linq that they wait for.
const sayFrom = 30 * time.Second

// hold puts a try off for a pause. It counts as no try, and nothing is stored of a wait that is too
// short to tell of.
func (s *Steps) hold(ctx context.Context, r ledger.Request, told delay) (time.Duration, error) {
	now := s.now()
	wait := told.until.Sub(now)
	if !r.FirstTryAt.IsZero() {
		wait = min(wait, r.FirstTryAt.Add(retryFor).Sub(now))
	}
	wait = max(wait, earlyEnough)
	if wait <= sayFrom {
		return wait, nil
	}
	r.Reason, r.NextTryAt = whyPaused(told), now.Add(wait)
	cause := "Linq is not answering"
	if told.limited {
		cause = "Linq asks to wait"
	}
	_, err := s.save(ctx, r, ledger.Change{
		Cause: fmt.Sprintf("%s; trying in %s", cause, wait.Round(time.Millisecond)), News: true,
	})
	return wait, err
}

// timeIsOver reports whether the next try of r is its last, which no pause puts off.
func (s *Steps) timeIsOver(r ledger.Request) bool {
	return !r.FirstTryAt.IsZero() && r.FirstTryAt.Add(retryFor).Sub(s.now()) <= earlyEnough
}

func whyPaused(told delay) string {
	if told.limited {
		return ReasonAskedToWait
	}
	return ReasonNotAnswering
}

// whyLong is the reason for a long wait after a try. What Linq has against one chat stays the reason
// unless the wait is for a pause.
func whyLong(r ledger.Request, paused delay) string {
	switch {
	case r.HTTPStatus == statusTooMany:
		return ReasonAskedToWait
	case r.Reason == ReasonNoAnswer, struggles(r.HTTPStatus):
		return ReasonNotAnswering
	case !paused.until.IsZero():
		return whyPaused(paused)
	}
	return r.Reason
}
