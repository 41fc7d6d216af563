package breaker

import (
	"errors"
	"time"

	"linqbot/linq"
)

const (
	maxStreak  = 4
	firstPause = time.Second
	maxPause   = time.Minute

	// stale is how long after its end a wait still says something of Linq. Those who waited for it
	// have come back by then.
	stale = 2 * maxPause
)

// Cause is what a wait is for.
type Cause int

// The causes of a wait.
const (
	NotAnswering Cause = iota // Linq struggles
	AskedToWait               // Linq takes no more calls for a time that it named
	NoMoreCalls               // Linq takes no more calls, and named no time, or less
)

// result is what the outcome of one call says of how Linq fares.
type result struct {
	change  bool          // it was to add or to remove somebody; else a reading
	trouble bool          // Linq struggles; otherwise Linq is well, even if it refused
	limited bool          // Linq takes no more calls for the moment
	asked   time.Duration // the wait that Linq asks for
}

// asksAll reports whether Linq asks for a wait that holds for every call: its limits are on the key.
func (a result) asksAll() bool { return a.limited && a.asked > 0 }

// resultOf judges the outcome of a call. The second result is false when it says nothing of Linq.
func resultOf(change bool, err error) (result, bool) {
	a := result{change: change}
	if err == nil {
		return a, true
	}
	if refusal, ok := errors.AsType[*linq.Error](err); ok {
		a.trouble, a.limited = refusal.Struggling(), refusal.Limited()
		if a.trouble {
			a.asked = min(refusal.RetryAfter, MaxWait)
		}
		return a, true
	}
	if _, ok := errors.AsType[*linq.UnreadableError](err); ok {
		return a, true
	}
	_, a.trouble = errors.AsType[*linq.NoAnswerError](err)
	return a, a.trouble
}

// streak is the row of failures since Linq was last known to be well. A change that Linq takes shows
// that it is well; a reading shows only that readings work.
type streak struct {
	changes, readings int
	request           string // that met them
	several           bool   // more than one request did
}

func (s streak) count() int { return s.changes + s.readings }

func (s streak) add(request string, a result) streak {
	s.several = s.several || s.count() > 0 && request != s.request
	s.request = request
	switch {
	case a.change:
		s.changes++
	default:
		s.readings++
	}
	return s
}

func (s streak) clear(a result) streak {
	s.readings = 0
	if a.change || s.changes == 0 {
		return streak{}
	}
	return s
}

// circuit is the state of a breaker: closed, open, or half-open. Its user holds a lock.
type circuit struct {
	streak streak
	until  time.Time // zero while closed; open before it; after it half-open: one permit goes first, as a probe

	// generation counts the openings and closings. A call that began in an earlier
	// generation says nothing about this one.
	generation int

	probe   chan struct{} // closed when the probe has ended; nil while none is out
	bulk    bool          // the probe is a batch's
	failed  int           // openings since it was closed
	limited bool          // Linq takes no more calls
	asked   bool          // Linq named a wait, and it is this one
	changes bool          // changes met trouble: only a change can show that it is over
	only    string        // the one request that met all of the trouble, which waits alone unless limited; "" if there are several
	waiting [2]int        // those who were told to wait: people, and batches

	jitter func(time.Duration) time.Duration
}

// rejects reports whether a request must wait. Trouble that only one request met may be
// its own, such as a chat that Linq stumbles over: another may see whether it is.
func (c *circuit) rejects(request string, now time.Time) bool {
	return now.Before(c.until) && (!c.alone() || c.only == request)
}

// alone reports whether the circuit is open for one request only.
func (c *circuit) alone() bool { return c.only != "" && !c.limited }

// why is the cause of the wait.
func (c *circuit) why() Cause {
	switch {
	case c.limited && c.asked:
		return AskedToWait
	case c.limited:
		return NoMoreCalls
	default:
		return NotAnswering
	}
}

// admission says whether a run may begin.
type admission int

const (
	admitted   admission = iota
	rejected             // until the wait is over
	awaitProbe           // the probe, whose outcome decides
)

// admit lets a run begin, as the probe if there is to be one. A permit that bypasses goes on while the
// circuit is open as well.
func (c *circuit) admit(t *Permit, now time.Time) admission {
	if c.probe == nil && !c.until.IsZero() && now.Sub(c.until) > stale {
		c.close()
	}
	rejects := c.rejects(t.Request, now)
	switch {
	case c.until.IsZero():
		t.generation = c.generation
	case !rejects && c.probe == nil:
		c.probe, c.bulk = make(chan struct{}), t.Bulk
		t.generation, t.probe = c.generation, true
	case !rejects && c.bulk && !t.Bulk: // a second probe, so that no person waits for a batch's
		c.bulk = false
		t.generation, t.probe = c.generation, true
	case t.Bypass:
	case rejects:
		return rejected
	default:
		return awaitProbe
	}
	return admitted
}

// line counts somebody who is told to wait, and returns their place in the line. Batches stand behind all people.
func (c *circuit) line(bulk bool) int {
	if bulk {
		c.waiting[1]++
		return c.waiting[0] + c.waiting[1]
	}
	c.waiting[0]++
	return c.waiting[0]
}

// record takes in the outcome of one call.
func (c *circuit) record(t *Permit, a result, now time.Time) {
	switch {
	case t.generation != c.generation:
		if a.asksAll() {
			c.extend(t.Request, a, now)
		}
	case t.probe:
		c.probed(t, a, now)
	case a.trouble:
		c.streak = c.streak.add(t.Request, a)
		if a.asksAll() || c.streak.count() >= maxStreak {
			c.open(t.Request, a, now)
		}
	default:
		c.streak = c.streak.clear(a)
	}
}

// probed takes in what a probe hears. Trouble with its reading decides nothing yet: the change
// follows all the same, and may come through.
func (c *circuit) probed(t *Permit, a result, now time.Time) {
	switch {
	case a.trouble && (a.change || a.asksAll()):
		c.open(t.Request, a, now)
	case a.change || !a.trouble && !c.changes:
		c.close()
	default:
		t.last = a
	}
}

// release ends a permit. A probe that came to nothing leaves the place to the next.
func (c *circuit) release(t *Permit, now time.Time) {
	switch {
	case !t.probe || t.generation != c.generation:
	case t.last.trouble:
		c.open(t.Request, t.last, now)
	default:
		c.releaseProbe()
	}
}

// open opens the circuit, or opens it again after a probe has failed.
func (c *circuit) open(request string, a result, now time.Time) {
	const doublings = 6
	switch {
	case c.until.IsZero() && !c.streak.several:
		c.only = request
	case c.until.IsZero(), request != c.only:
		c.only = ""
	}
	wait := c.jitter(min(maxPause, firstPause<<min(c.failed, doublings)))
	c.until = now.Add(max(wait, a.asked))
	c.failed++
	c.limited, c.asked = a.limited, a.asked >= wait
	c.changes = c.changes || a.change || c.streak.changes > 0
	c.nextGeneration()
}

// extend honours a wait that Linq asks for in an answer to an older call.
func (c *circuit) extend(request string, a result, now time.Time) {
	until := now.Add(a.asked)
	switch {
	case !now.Before(c.until):
		c.open(request, a, now)
	case until.After(c.until):
		c.until, c.limited, c.asked = until, true, true
	}
}

func (c *circuit) close() {
	c.until, c.failed, c.limited, c.asked, c.changes, c.only = time.Time{}, 0, false, false, false, ""
	c.nextGeneration()
}

func (c *circuit) nextGeneration() {
	c.generation++
	c.streak, c.waiting = streak{}, [2]int{}
	c.releaseProbe()
}

func (c *circuit) releaseProbe() {
	if c.probe != nil {
		close(c.probe)
		c.probe = nil
	}
}
