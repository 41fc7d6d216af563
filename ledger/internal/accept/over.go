package accept

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// bounds returns the limits that count for a call, by scope.
func (c *Call) bounds() map[limits.Scope]int {
	found := make(map[limits.Scope]int)
	for _, o := range c.orders {
		if o.Kind != requests.Remove {
			continue
		}
		if o.Limits.PerHour > 0 && o.UserID != "" {
			found[limits.Scope(o.UserID)] = o.Limits.PerHour
		}
		if o.Limits.PerDay > 0 {
			found[limits.Everybody] = o.Limits.PerDay
		}
	}
	return found
}

// scopesOf returns whose removals have to be counted for calls.
func scopesOf(calls []*Call) []limits.Scope {
	all := make(map[limits.Scope]int)
	for _, call := range calls {
		maps.Copy(all, call.bounds())
	}
	return slices.Sorted(maps.Keys(all))
}

// overLimit returns the calls whose new requests are more than a limit allows, each with how many
// these are. Calls count in the order in which they came, and a refused one takes up nothing.
func (r Recorder) overLimit(ctx context.Context, tx store.Tx, calls []*Call, fresh map[string]bool, now time.Time) (map[*Call]int, error) {
	scopes := scopesOf(calls)
	if r.surelyWithin(calls, fresh) || len(scopes) == 0 || len(fresh) == 0 {
		return nil, nil
	}
	taken, err := limits.Count(ctx, tx, r.store.Dialect(), scopes, now)
	if err != nil {
		return nil, err
	}
	r.counter.Learn(taken)
	for _, call := range calls {
		for s := range call.bounds() {
			taken[s] -= call.freshRemovals(fresh, false)
		}
	}
	over := make(map[*Call]int)
	for _, call := range calls {
		bounds, adding := call.bounds(), call.freshRemovals(fresh, true)
		if adding == 0 {
			continue
		}
		if exceeds(bounds, taken, adding) {
			over[call] = adding
			continue
		}
		for s := range bounds {
			taken[s] += call.freshRemovals(fresh, false)
		}
	}
	return over, nil
}

// surelyWithin reports that calls exceed no limit, as far as that is known without counting.
func (r Recorder) surelyWithin(calls []*Call, fresh map[string]bool) bool {
	within := true
	for _, call := range calls {
		for i, o := range call.orders {
			if o.Kind == requests.Remove && o.DryRun == nil && fresh[call.ids[i]] {
				r.counter.Add(limits.Scope(o.UserID))
			}
		}
		within = within && call.freshRemovals(fresh, true) == call.freshRemovals(fresh, false) // of a dry run it is not known
		within = r.counter.SurelyWithin(call.bounds()) && within
	}
	return within
}

func exceeds(bounds, taken map[limits.Scope]int, adding int) bool {
	for s, most := range bounds {
		if taken[s]+adding > most {
			return true
		}
	}
	return false
}

// freshRemovals returns how many of a call's orders made a new request. A dry run is told what a removal would be told,
// and takes up nothing.
func (c *Call) freshRemovals(fresh map[string]bool, dryRuns bool) (count int) {
	for i, o := range c.orders {
		if o.Kind == requests.Remove && fresh[c.ids[i]] && (dryRuns || o.DryRun == nil) {
			count++
		}
	}
	return count
}

// withdraw takes back what a round inserted, since some of it is over a limit.
func (r Recorder) withdraw(ctx context.Context, tx store.Tx, fresh map[string]bool) error {
	listed, err := json.Marshal(slices.Sorted(maps.Keys(fresh)))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM requests WHERE id `+r.store.Dialect().InList("$1"), string(listed)); err != nil {
		return fmt.Errorf("withdraw what is over a limit: %w", err)
	}
	return nil
}

// refuse says of calls that are over a limit, once the rest is inserted, when they are possible again.
func (r Recorder) refuse(ctx context.Context, tx store.Tx, over map[*Call]int, now time.Time) error {
	for call, adding := range over {
		var met limits.Limit
		for s, most := range call.bounds() {
			at, err := limits.Again(ctx, tx, s, most, adding, now)
			if err != nil {
				return fmt.Errorf("find out when a removal is possible again: %w", err)
			}
			if at.IsZero() { // no wait helps
				met = limits.Limit{Everybody: s == limits.Everybody, Most: most}
				break
			}
			if at.After(met.Again) {
				met = limits.Limit{Everybody: s == limits.Everybody, Most: most, Again: at}
			}
		}
		for i := range call.Results {
			call.Results[i] = Acceptance{Outcome: Limited, Limit: met}
		}
	}
	return nil
}
