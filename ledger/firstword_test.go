package ledger_test

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
)

// showings keep what the first showing of each delivery finds.
type showings struct {
	mu    sync.Mutex
	found map[string][]ledger.State // by delivery
}

func (s *showings) step(l *ledger.Ledger) ledger.Step {
	return func(ctx context.Context, delivery string) (time.Duration, error) {
		view, err := l.View(ctx, delivery)
		var states []ledger.State
		for _, r := range view.Requests {
			states = append(states, r.State)
		}
		slices.Sort(states)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.found == nil {
			s.found = make(map[string][]ledger.State)
		}
		if s.found[delivery] == nil {
			s.found[delivery] = states
		}
		return 0, err
	}
}

// of returns what the first showing of a delivery found; nil before that.
func (s *showings) of(delivery string) []ledger.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found[delivery]
}

// What comes before the outcome is not shown by itself, and an outcome that comes soon is the first word.
func TestTheFirstWordWaitsForTheOutcome(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		handles []string
		ended   int // how many of them
		passes  time.Duration
		want    []ledger.State
	}{
		{"one", []string{"+14155550132"}, 1, 0, []ledger.State{ledger.Removed}},
		{"the last of two", []string{"+14155550132", "+14155550133"}, 2, 0, []ledger.State{ledger.Removed, ledger.Removed}},
		{"no outcome in time", []string{"+14155550132"}, 0, 2500 * time.Millisecond, []ledger.State{ledger.Sent}},
		{"one of two in time", []string{"+14155550132", "+14155550133"}, 1, 2500 * time.Millisecond, []ledger.State{ledger.Removed, ledger.Sent}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			var c stoppedClock
			c.set(began)
			l, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + filepath.Join(t.TempDir(), "ledger.db"), Logger: quiet(), Now: c.now})
			assert.NilError(t, err)
			t.Cleanup(func() { _ = l.Close() })
			var seen showings
			start(t, l, ledger.Workers{Show: seen.step(l)})
			settle := func() { // a showing that was set off before this one has begun
				t.Helper()
				aside := accept(t, l, order("aside", "+14155550199"))[0].Request
				assert.NilError(t, end(t.Context(), l, aside.ID, ledger.Removed))
				await(t, "the showing of another delivery", func() bool { return seen.of("aside") != nil })
			}
			var orders []ledger.Order
			for _, handle := range tc.handles {
				orders = append(orders, order("d1", handle))
			}
			accepted := accept(t, l, orders...)
			for i, a := range accepted {
				assert.NilError(t, end(t.Context(), l, a.Request.ID, ledger.Sent))
				if i == 0 {
					settle()
				}
				if i < tc.ended {
					assert.NilError(t, end(t.Context(), l, a.Request.ID, ledger.Removed))
				}
			}
			c.set(began.Add(tc.passes))
			await(t, "the showing", func() bool { return seen.of("d1") != nil })
			assert.DeepEqual(t, seen.of("d1"), tc.want)
		})
	}
}

// stoppedClock stands still until it is set.
type stoppedClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *stoppedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *stoppedClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}
