package reconcile_test

import (
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

func TestCallsAtATime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		concurrency, want int
		took              time.Duration // of 64 removals from a Linq that answers after 150 ms
	}{
		"one":         {1, 1, 65 * 150 * time.Millisecond},
		"the default": {0, 8, 9 * 150 * time.Millisecond},
		"many":        {32, 32, 3 * 150 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, linqtest.Config{}, 64, test.concurrency)
				c.linq.Fail("", 0, linqtest.Fault{Delay: 150 * time.Millisecond})
				began := time.Now()
				c.work(2 * test.want)
				assert.Equal(t, c.calls.mostReadings, test.want)
				assert.Equal(t, c.calls.mostChanges, test.want)
				assert.Equal(t, time.Since(began), test.took, "readings go on beside removals")
				assert.Equal(t, c.effects(), 64)
			})
		})
	}
}

// Waiting for others takes nothing off the time of a call.
func TestWaitingTakesNothingOffACall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 2, 1)
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 3 * time.Second})
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 4900 * time.Millisecond})
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Delay: time.Second})
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Delay: 15 * time.Second})
		firstEnded := c.start(0)
		began := time.Now()
		assert.Equal(t, c.try(1), time.Duration(0))
		assert.Equal(t, time.Since(began), 22900*time.Millisecond)
		assert.Equal(t, c.all[1].request().ChatName, "Spring launch")
		assert.Equal(t, firstEnded(), time.Duration(0))
	})
}

// A request that finds no place leaves the worker to others, and leaves no trace.
func TestAllPlacesTaken(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]linqtest.Op{"of readings": linqtest.GetChat, "of changes": linqtest.Remove} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, linqtest.Config{}, 2, 1)
				c.linq.Fail(op, 1, linqtest.Fault{Delay: 4500 * time.Millisecond})
				firstEnded := c.start(0)
				began := time.Now()
				assert.Equal(t, c.try(1), time.Second)
				assert.Equal(t, time.Since(began), 4*time.Second)
				r := c.all[1].request()
				assert.Equal(t, len(c.all[1].history()), 0)
				assert.Assert(t, r.Tries == 0 && r.FirstTryAt.IsZero() && !r.MayHaveReached)
				firstEnded()
				assert.Equal(t, c.try(1), time.Duration(0))
				assert.Equal(t, c.all[1].request().State, ledger.Sent)
			})
		})
	}
}

// A worker waits for so long in all, not for each call.
func TestWaitsInPlaceAddUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 2, 1)
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 3 * time.Second})
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 500 * time.Millisecond}) // the first has its place for a change by then
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Delay: 2 * time.Second})
		firstEnded := c.start(0)
		began := time.Now()
		assert.Equal(t, c.try(1), time.Second)
		assert.Equal(t, time.Since(began), 4500*time.Millisecond)
		firstEnded()
	})
}

// The reading and the call after it have 20 s together.
func TestATryLastsTwentySecondsInAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 1, 1)
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 3 * time.Second})
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Delay: time.Hour})
		began := time.Now()
		c.try(0)
		assert.Equal(t, time.Since(began), 20*time.Second)
	})
}

// A request that has had an answer makes room for the next, whatever is still to be looked up.
func TestAnAnsweredCallMakesRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 2, 1)
		c.all[0].set(func(r *ledger.Request) { r.MayHaveReached = true })
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 404, Code: 2001, Delay: time.Second})
		firstEnded := c.start(0)
		began := time.Now()
		secondEnded := c.start(1)
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 4500 * time.Millisecond})
		assert.Equal(t, secondEnded(), time.Duration(0))
		assert.Equal(t, time.Since(began), time.Second)
		firstEnded()
		assert.Equal(t, time.Since(began), 5500*time.Millisecond)
	})
}

// Confirming has places of its own, so removals that hang do not delay it.
func TestConfirmingBesideRemovals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 3, 1)
		c.try(0)
		time.Sleep(time.Second)
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 4 * time.Second})
		hangingEnded := c.start(1)
		wait, err := c.steps.Confirm(c.ctx, c.all[0].request().ID)
		assert.NilError(t, err)
		assert.Equal(t, wait, time.Duration(0))
		assert.Equal(t, c.all[0].request().State, ledger.Removed)
		hangingEnded()
	})
}
