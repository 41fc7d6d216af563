package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// LimitError says that a batch is over a limit: it counts as one removal of the person who asks for it, and as all of
// its removals for everybody.
type LimitError struct{ Limit Limit }

func (e *LimitError) Error() string {
	return fmt.Sprintf("ledger: more than %d removals", e.Limit.Most)
}

// checkLimits returns a [LimitError] when a batch of so many removals would be over a limit now. The limit of an hour is
// that of the person, or of the operator by name.
func checkLimits(ctx context.Context, in store.Querier, d store.Dialect, b Batch, size int, limits Limits, now time.Time) error {
	if b.Kind != Remove || b.DryRun {
		return nil
	}
	if b.owner() == everybody { // a workflow that names nobody
		limits.PerHour = 0
	}
	for _, bound := range []struct {
		scope        scope
		most, adding int
	}{{b.owner(), limits.PerHour, 1}, {everybody, limits.PerDay, max(size, 1)}} {
		if bound.most == 0 {
			continue
		}
		taken, err := countRemovals(ctx, in, d, []scope{bound.scope}, now)
		if err != nil {
			return err
		}
		if taken[bound.scope]+bound.adding <= bound.most {
			continue
		}
		again, err := again(ctx, in, bound.scope, bound.most, bound.adding, now)
		if err != nil {
			return fmt.Errorf("find out when a removal is possible again: %w", err)
		}
		return &LimitError{Limit: Limit{Everybody: bound.scope == everybody, Most: bound.most, Again: again}}
	}
	return nil
}

// lockLimits has other replicas wait that count for the same people, as accepting does. It comes before the lock on the
// batch's row, since accepting takes them in this order too.
func lockLimits(ctx context.Context, in store.Querier, d store.Dialect, b Batch, limits Limits) error {
	var scopes []scope
	if limits.PerDay > 0 {
		scopes = append(scopes, everybody)
	}
	if limits.PerHour > 0 && b.owner() != everybody {
		scopes = append(scopes, b.owner())
	}
	if d.LockNamed == "" || len(scopes) == 0 || b.Kind != Remove {
		return nil
	}
	names, err := json.Marshal(lockNames(scopes))
	if err != nil {
		return err
	}
	var locked int
	if err := in.QueryRow(ctx, d.LockNamed, string(names)).Scan(&locked); err != nil {
		return fmt.Errorf("lock limits: %w", err)
	}
	return nil
}

// owner is for whom the limit of an hour counts.
func (b Batch) owner() scope {
	if b.Source == Operator {
		return scope(b.Rule)
	}
	return scope(b.UserID)
}
