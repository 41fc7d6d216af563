package ledger

import (
	"context"
	"fmt"

	"linqbot/ledger/internal/store"
)

// LimitError says that a batch is over a limit: it counts as one removal of the person who asks for it, and as all of
// its removals for everybody.
type LimitError struct{ Limit Limit }

func (e *LimitError) Error() string {
	return fmt.Sprintf("ledger: more than %d removals", e.Limit.Most)
}

// checkLimits returns a [LimitError] when a batch of so many removals would be over a limit now.
func (l *Ledger) checkLimits(ctx context.Context, tx store.Tx, b Batch, size int, limits Limits) error {
	if b.Kind != Remove || b.DryRun {
		return nil
	}
	now := l.now()
	if b.UserID == "" { // a workflow that names nobody
		limits.PerHour = 0
	}
	for _, bound := range []struct {
		scope        scope
		most, adding int
	}{{scope(b.UserID), limits.PerHour, 1}, {everybody, limits.PerDay, max(size, 1)}} {
		if bound.most == 0 {
			continue
		}
		taken, err := l.counter.count(ctx, tx, []scope{bound.scope}, now)
		if err != nil {
			return err
		}
		if taken[bound.scope]+bound.adding <= bound.most {
			continue
		}
		again, err := l.counter.again(ctx, tx, bound.scope, bound.most, bound.adding, now)
		if err != nil {
			return fmt.Errorf("find out when a removal is possible again: %w", err)
		}
		return &LimitError{Limit: Limit{Everybody: bound.scope == everybody, Most: bound.most, Again: again}}
	}
	l.counter.forget(scope(b.UserID), everybody) // it counts from now on
	return nil
}
