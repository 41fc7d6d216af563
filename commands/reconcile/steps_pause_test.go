package reconcile_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq/breaker"
	"linqbot/linq/linqtest"
)

func down() linqtest.Fault { return linqtest.Fault{Status: http.StatusServiceUnavailable, Code: 4004} }

// A pause asks nothing of Linq, and leaves no trace in a request that has not been tried.
func TestStrugglingLinqIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]linqtest.Fault{
		"503":       down(),
		"429":       {Status: http.StatusTooManyRequests, Code: 1007},
		"no answer": {Drop: linqtest.BeforeEffect},
		"too slow":  {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newPaused(t, 5, 0, fault)
				assert.Equal(t, len(c.linq.Calls()), 4, "a reading and a DELETE each")

				wait := c.try(2)
				assert.Assert(t, wait > time.Second && wait < 1100*time.Millisecond, "%s", wait)
				r := c.all[2].request()
				assert.Equal(t, r.Tries, 0)
				assert.Assert(t, r.FirstTryAt.IsZero() && r.NextTryAt.IsZero() && r.Reason == "")
				assert.Equal(t, len(c.all[2].history()), 0)

				assert.Assert(t, c.try(3) > wait, "they come back one after the other")
				assert.Equal(t, len(c.linq.Calls()), 4)
			})
		})
	}
}

// What Linq says of one chat, or of one request, is no sign that it struggles.
func TestRefusalsPauseNobody(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]linqtest.Fault{
		"the chat is being created": {Status: 409, Code: 2009},
		"a conflict of states":      {Status: 409, Code: 2015},
		"a bad key":                 {Status: 401, Code: 2004},
		"not allowed":               {Status: 403, Code: 2005},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, linqtest.Config{}, 8, 0)
				c.outage(0, fault)
				for i := range c.all {
					c.try(i)
				}
				assert.Equal(t, c.linq.Count(linqtest.Remove), len(c.all))
			})
		})
	}
}

// Only one try goes first after a pause. The others wait for what comes of it, and go on with it.
func TestOneProbeAtATime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		heals bool
		calls int // after the pause
	}{
		"it comes through": {true, 2 * 9},
		"it does not":      {false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newPaused(t, 11, 16, down())
				c.linq.ClearFaults()
				c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 3 * time.Second})
				if !test.heals {
					c.linq.Fail("", 0, down())
				}
				time.Sleep(2 * time.Second)
				before := len(c.linq.Calls())
				var all sync.WaitGroup
				waits := make([]time.Duration, len(c.all))
				for i := 2; i < len(c.all); i++ {
					all.Go(func() { waits[i] = c.try(i) })
				}
				time.Sleep(2 * time.Second)
				assert.Equal(t, len(c.linq.Calls())-before, 1, "the others wait for the first")
				all.Wait()
				assert.Equal(t, len(c.linq.Calls())-before, test.calls)
				if test.heals {
					assert.Equal(t, c.states()[ledger.Sent], 9)
					return
				}
				for i := 3; i < len(c.all); i++ {
					assert.Equal(t, c.states()[ledger.Sent], 0)
					assert.Assert(t, waits[i] >= 2*time.Second, "the next pause is longer: %s", waits[i])
				}
			})
		})
	}
}

// A probe that hangs keeps nobody for long.
func TestOthersDoNotWaitLongForAProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newPaused(t, 4, 0, down())
		c.linq.ClearFaults()
		c.linq.Fail("", 0, linqtest.Fault{Delay: time.Hour})
		time.Sleep(time.Second)
		probeEnded := c.start(2)
		began := time.Now()
		assert.Equal(t, c.try(3), time.Second)
		assert.Equal(t, time.Since(began), 4*time.Second)
		assert.Equal(t, len(c.all[3].history()), 0)

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := c.steps.Try(ctx, c.all[3].request().ID)
		assert.ErrorIs(t, err, context.Canceled)
		probeEnded()
	})
}

// A long outage costs Linq few calls, the ledger few writes, and those who wait nothing of their time.
func TestALongOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size, duration = 60, time.Hour
		c := newCrowd(t, linqtest.Config{}, size, 8)
		began := time.Now()
		c.outage(duration, down())
		c.work(16)

		// A pause lasts a minute but for the first six, and one try follows it, of two calls. The few who
		// were tried have 15 minutes, and then a last try and a last look even in a pause.
		const pauses = 6 + 60
		states := c.states()
		assert.Assert(t, states[ledger.Failed] < 10, "%v", states)
		assert.Equal(t, states[ledger.Sent]+states[ledger.Failed], size)
		assert.Equal(t, c.effects(), states[ledger.Sent])
		during := 0
		for _, call := range c.linq.Calls() {
			if call.At.Before(began.Add(duration)) {
				during++
			}
		}
		assert.Assert(t, during <= 16+pauses*2+states[ledger.Failed]*3, "%d calls in an hour", during)
		for i, r := range c.all {
			assert.Assert(t, c.runs[i] <= pauses+5, "%d runs", c.runs[i])
			if r.request().State == ledger.Sent && r.request().Tries == 1 {
				assert.Assert(t, !r.request().FirstTryAt.Before(began.Add(duration-time.Minute)), "its time began with its first try")
			}
		}
	})
}

// A chat whose reading always meets a pause has no more time than any other: 15 minutes, then a last try.
func TestAReadingThatIsNeverLetIn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		removing linqtest.Fault
		state    ledger.State
		reason   string
	}{
		"nor is the removal": {linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007}, ledger.Failed, "linq_1007"},
		"the removal is":     {linqtest.Fault{}, ledger.Sent, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
				e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 5 * time.Second})
				e.linq.Fail(linqtest.Remove, 0, test.removing)
				began := time.Now()
				for wait := e.remove(); wait > 0 && time.Since(began) < time.Hour; wait = e.remove() {
					time.Sleep(wait)
				}
				r := e.records.request()
				assert.Equal(t, r.State, test.state)
				assert.Equal(t, r.Reason, test.reason)
				assert.Equal(t, r.Tries, 1)
				assert.Equal(t, time.Since(began).Round(time.Minute), 15*time.Minute)
			})
		})
	}
}

// When Linq is well again all go on at once, about as fast as it can serve them.
func TestAllGoOnWhenItIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 30, 8)
		began := time.Now()
		c.outage(10*time.Second, down())
		c.work(16)
		assert.Equal(t, c.states()[ledger.Sent], 30)
		assert.Equal(t, c.effects(), 30)
		// Pauses of 1, 2, 4 and 8 s; the two that were tried first may have waits of their own.
		took := time.Since(began)
		assert.Assert(t, took > 15*time.Second && took < 17*time.Second, "%s", took)
	})
}

// A chat that Linq stumbles over says nothing of Linq while others are served. What is said of its
// request does not change with the length of its wait.
func TestTroubleOfOneChatStaysItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size = 10
		c := newCrowd(t, linqtest.Config{}, size, 0)
		longer := func(wait time.Duration) time.Duration { return wait * 6 / 5 }
		c.steps = reconcile.NewSteps(reconcile.StepsConfig{
			Chats: c.calls, Records: c, Lines: knownLines(), Logger: quiet(), Jitter: longer,
			Breaker: breaker.New(breaker.Config{Logger: quiet(), Jitter: longer}),
		})
		var wait time.Duration
		for i := 1; i < size; i++ {
			c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 500, Code: 3006})
			wait = c.try(0)
			r := c.all[0].request()
			assert.Equal(t, r.Tries, i)
			assert.Equal(t, r.Reason, "linq_3006", "before a wait of %s", wait)
			assert.Equal(t, c.try(i), time.Duration(0))
			time.Sleep(wait)
		}
		assert.Equal(t, wait, 36*time.Second)
	})
}

// The last try of a request and its last look come when its time is over, pause or not.
func TestAPausePutsNoEndOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 3, 0)
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 4 * time.Minute})
		c.try(0)
		c.outage(0, down())
		c.all[1].set(func(r *ledger.Request) { r.Tries, r.FirstTryAt = 9, time.Now().Add(-14*time.Minute) })
		assert.Equal(t, c.try(1), time.Minute, "to the end of its time, not of the pause")
		assert.Equal(t, c.all[1].request().Tries, 9)
		before := len(c.linq.Calls())
		time.Sleep(time.Minute)
		assert.Equal(t, c.try(1), time.Duration(0))
		r := c.all[1].request()
		assert.Equal(t, r.State, ledger.Failed)
		assert.Equal(t, r.Reason, "linq_4004")
		assert.Equal(t, len(c.linq.Calls())-before, 3, "a reading, a DELETE, a last look")
		assert.Assert(t, c.try(2) > 2*time.Minute, "the pause goes on for others")
	})
}
