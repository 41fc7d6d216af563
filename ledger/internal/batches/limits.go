package batches

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// check returns a [limits.LimitError] when a batch of so many removals would be over a limit now. The limit of an hour is
// that of the person, or of the operator by name.
func check(ctx context.Context, in store.Querier, d store.Dialect, b Batch, size int, most limits.Limits, now time.Time) error {
	met, err := overLimit(ctx, in, d, b, size, most, now)
	if err == nil && met.Most > 0 {
		err = &limits.LimitError{Limit: met}
	}
	return err
}

// overLimit returns the limit that a batch of so many removals would be over now; the zero value if it is over none.
func overLimit(ctx context.Context, in store.Querier, d store.Dialect, b Batch, size int, most limits.Limits, now time.Time) (limits.Limit, error) {
	if b.Kind != requests.Remove {
		return limits.Limit{}, nil
	}
	if owner(b) == limits.Everybody { // a workflow that names nobody
		most.PerHour = 0
	}
	for _, bound := range []struct {
		scope        limits.Scope
		most, adding int
	}{{owner(b), most.PerHour, 1}, {limits.Everybody, most.PerDay, max(size, 1)}} {
		if bound.most == 0 {
			continue
		}
		taken, err := limits.Count(ctx, in, d, []limits.Scope{bound.scope}, now)
		if err != nil {
			return limits.Limit{}, err
		}
		if taken[bound.scope]+bound.adding <= bound.most {
			continue
		}
		again, err := limits.Again(ctx, in, bound.scope, bound.most, bound.adding, now)
		if err != nil {
			return limits.Limit{}, fmt.Errorf("find out when a removal is possible again: %w", err)
		}
		return limits.Limit{Everybody: bound.scope == limits.Everybody, Most: bound.most, Again: again}, nil
	}
	return limits.Limit{}, nil
}

// lock makes other replicas that count for the same people wait, as accepting does. It comes before the lock on the
// batch's row, since accepting takes them in this order too.
func lock(ctx context.Context, in store.Querier, d store.Dialect, b Batch, most limits.Limits) error {
	var scopes []limits.Scope
	if most.PerDay > 0 {
		scopes = append(scopes, limits.Everybody)
	}
	if most.PerHour > 0 && owner(b) != limits.Everybody {
		scopes = append(scopes, owner(b))
	}
	if b.Kind != requests.Remove {
		return nil
	}
	return limits.Lock(ctx, in, d, scopes)
}

// owner is for whom the limit of an hour counts.
func owner(b Batch) limits.Scope {
	if b.Source == requests.Operator {
		return limits.Scope(b.Rule)
	}
	return limits.Scope(b.UserID)
}

// CountedFor returns whose limits a batch counts for.
func CountedFor(b Batch) []limits.Scope { return []limits.Scope{owner(b), limits.Everybody} }
