package ledger_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
	"linqbot/ledger/ledgertest/migrated"
)

// stillClock is a time that a test sets.
type stillClock struct {
	sync.Mutex
	at time.Time
}

func newStillClock() *stillClock {
	return &stillClock{at: time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)}
}

func (c *stillClock) now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.at
}

func (c *stillClock) pass(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.at = c.at.Add(d)
}

func openAt(t testing.TB, url string, c *stillClock) *ledger.Ledger {
	t.Helper()
	migrated.Prepare(t, url)
	l, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet(), Now: c.now})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, l.Close()) })
	return l
}

// limitedOrders numbers the orders of all tests.
var limitedOrders atomic.Int64

// limited is an order about somebody of its own.
func limited(user string, limits ledger.Limits) ledger.Order {
	n := limitedOrders.Add(1)
	o := order(fmt.Sprint("limited-", n), fmt.Sprintf("+1415555%04d", n))
	o.UserID, o.Limits = user, limits
	return o
}

func TestALimitOfAPerson(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		c := newStillClock()
		l := openAt(t, url, c)
		two := ledger.Limits{PerHour: 2}
		began := c.now()
		first := limited("U1", two)
		assert.Equal(t, accept(t, l, first)[0].Outcome, ledger.Recorded)
		c.pass(10 * time.Minute)
		assert.Equal(t, accept(t, l, limited("U1", two))[0].Outcome, ledger.Recorded)

		over := limited("U1", two)
		got := accept(t, l, over)[0]
		assert.Equal(t, got.Outcome, ledger.Limited)
		assert.Assert(t, got.Limit.Again.Equal(began.Add(time.Hour)), "%v", got.Limit.Again)
		assert.Equal(t, got.Limit.Most, 2)
		assert.Assert(t, !got.Limit.Everybody)
		assert.Equal(t, rowsOf(t, l, "requests"), 2)

		t.Log("what is no new removal of theirs is answered as ever")
		assert.Equal(t, accept(t, l, first)[0].Outcome, ledger.Redelivered)
		same := limited("U1", two)
		same.Handle = first.Handle
		assert.Equal(t, accept(t, l, same)[0].Outcome, ledger.UnderWay)
		back := limited("U1", two)
		back.Kind = ledger.Add
		assert.Equal(t, accept(t, l, back)[0].Outcome, ledger.Recorded)
		assert.Equal(t, accept(t, l, limited("U2", two))[0].Outcome, ledger.Recorded)
		assert.Equal(t, accept(t, l, limited("U1", ledger.Limits{}))[0].Outcome, ledger.Recorded)

		t.Log("at the moment that was named it is possible again, and not before")
		third := got.Limit.Again
		c.pass(third.Sub(c.now()) - time.Microsecond)
		three := ledger.Limits{PerHour: 3} // with the one that had no limit
		assert.Equal(t, accept(t, l, limited("U1", three))[0].Outcome, ledger.Limited)
		c.pass(time.Microsecond)
		assert.Equal(t, accept(t, l, limited("U1", three))[0].Outcome, ledger.Recorded)
	})
}

// A command is recorded as a whole or not at all, and one that is more than the limit never is.
func TestALimitAndACommandOfSeveral(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		c := newStillClock()
		l := openAt(t, url, c)
		limits := ledger.Limits{PerHour: 3}
		several := func(n int) []ledger.Order {
			var orders []ledger.Order
			for range n {
				o := limited("U1", limits)
				if len(orders) > 0 {
					o.Delivery = orders[0].Delivery
				}
				orders = append(orders, o)
			}
			return orders
		}
		accept(t, l, several(1)...)
		c.pass(time.Minute)
		accept(t, l, several(1)...)
		for _, got := range accept(t, l, several(3)...) {
			assert.Equal(t, got.Outcome, ledger.Limited)
			assert.Assert(t, got.Limit.Again.Equal(c.now().Add(time.Hour)), "both have to be over: %v", got.Limit.Again)
		}
		for _, got := range accept(t, l, several(4)...) {
			assert.Equal(t, got.Outcome, ledger.Limited)
			assert.Assert(t, got.Limit.Again.IsZero())
		}
		assert.Equal(t, rowsOf(t, l, "requests"), 2)
	})
}

// A limit that is set later counts what was recorded while there was none.
func TestALimitThatComesLater(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		assert.Equal(t, accept(t, l, limited("U1", ledger.Limits{PerHour: 10, PerDay: 10}))[0].Outcome, ledger.Recorded)
		for range 4 {
			accept(t, l, limited("U1", ledger.Limits{}))
		}
		assert.Equal(t, accept(t, l, limited("U1", ledger.Limits{PerHour: 5}))[0].Outcome, ledger.Limited)
		assert.Equal(t, accept(t, l, limited("U2", ledger.Limits{PerDay: 5}))[0].Outcome, ledger.Limited)
		assert.Equal(t, accept(t, l, limited("U1", ledger.Limits{PerHour: 6, PerDay: 6}))[0].Outcome, ledger.Recorded)
	})
}

// The limit for all counts whoever asks, workflows too. What a workflow asks for counts for whom it names, and
// what was declined counts for nobody.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		c := newStillClock()
		l := openAt(t, url, c)
		limits := ledger.Limits{PerHour: 2, PerDay: 4}
		step := limited("U1", limits)
		step.Source = ledger.WorkflowStep
		accept(t, l, step)
		nameless := limited("", limits)
		nameless.Source = ledger.WorkflowStep
		accept(t, l, nameless)
		question := limited("U1", limits)
		question.ConfirmFor = 10 * time.Minute
		accept(t, l, question)
		assert.Equal(t, accept(t, l, limited("U1", limits))[0].Outcome, ledger.Limited)
		_, _, err := l.Decide(t.Context(), question.Delivery, false, "test")
		assert.NilError(t, err)
		assert.Equal(t, accept(t, l, limited("U1", limits))[0].Outcome, ledger.Recorded)
		assert.Equal(t, accept(t, l, limited("U2", limits))[0].Outcome, ledger.Recorded)
		got := accept(t, l, limited("U3", limits))[0]
		assert.Equal(t, got.Outcome, ledger.Limited)
		assert.Assert(t, got.Limit.Everybody)
		assert.Assert(t, got.Limit.Again.Equal(c.now().Add(24*time.Hour)))
		c.pass(24 * time.Hour)
		assert.Equal(t, accept(t, l, limited("U3", limits))[0].Outcome, ledger.Recorded)
	})
}

// Commands that come side by side, on two replicas where there can be two, take what a limit has and no more.
func TestALimitIsExact(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]ledger.Limits{"of a person": {PerHour: 50}, "of all": {PerDay: 50}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgertest.OnEachStore(t, func(t *testing.T, url string) {
				replicas := []*ledger.Ledger{open(t, url)}
				if !strings.HasPrefix(url, "sqlite") {
					replicas = append(replicas, open(t, url))
				}
				var recorded, refused atomic.Int32
				var all sync.WaitGroup
				for i := range 200 {
					all.Go(func() {
						got, err := replicas[i%len(replicas)].Accept(t.Context(), []ledger.Order{limited("U1", limits)})
						switch {
						case err != nil:
							t.Error(err)
						case got[0].Outcome == ledger.Recorded:
							recorded.Add(1)
						case got[0].Outcome == ledger.Limited:
							refused.Add(1)
						}
					})
				}
				all.Wait()
				assert.Equal(t, recorded.Load(), int32(50))
				assert.Equal(t, refused.Load(), int32(150))
				assert.Equal(t, rowsOf(t, replicas[0], "requests"), 50)
			})
		})
	}
}

// Somebody whose removal waits for one that is refused in the same commit is recorded in its place.
func TestARefusedOrderLeavesItsPlace(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		one := ledger.Limits{PerHour: 1}
		accept(t, l, limited("U1", one))
		for range 20 {
			refused := limited("U1", one)
			welcome := limited(refused.Delivery, ledger.Limits{PerHour: 1}) // a user of its own
			welcome.Handle = refused.Handle
			outcomes := make([]ledger.Outcome, 2)
			var both sync.WaitGroup
			for i, o := range []ledger.Order{refused, welcome} {
				both.Go(func() {
					got, err := l.Accept(t.Context(), []ledger.Order{o})
					if err != nil {
						t.Error(err)
						return
					}
					outcomes[i] = got[0].Outcome
				})
			}
			both.Wait()
			if outcomes[0] == ledger.UnderWay { // the other came first
				continue
			}
			assert.DeepEqual(t, outcomes, []ledger.Outcome{ledger.Limited, ledger.Recorded})
		}
	})
}
