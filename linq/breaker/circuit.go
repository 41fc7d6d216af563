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

	// stale is how long after its end a pause says nothing more of Linq. Those who waited for it have
	// come back by then.
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
	trouble bool          // Linq struggles; else it is well, whatever it said
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

// streak is the troubles since Linq was last known to be well. A change that Linq takes shows that it
// is; a reading shows no more than that readings work.
type streak struct {
	changes, readings int
	request           string // that met them
	several           bool   // more than one request did
}

func (r streak) count() int { return r.changes + r.readings }

func (r streak) add(request string, a result) streak {
	r.several = r.several || r.count() > 0 && request != r.request
	r.request = request
	switch {
	case a.change:
		r.changes++
	default:
		r.readings++
	}
	return r
}

func (r streak) clear(a result) streak {
	r.readings = 0
	if a.change || r.changes == 0 {
		return streak{}
	}
	return r
}

// circuit is the time in which those that it holds do not call Linq, since it struggles or asked for
// it, and what leads to that. Its user holds a lock.
type circuit struct {
	streak streak
	until  time.Time // zero: there is no pause. When it is over, one turn goes first as a probe

	// generation counts the pauses and their ends. What was asked before the last of them says nothing of
	// what is now.
	generation int

	probe   chan struct{} // closed when the probe has come to something; nil while there is none
	failed  int           // pauses since there was none
	limited bool          // Linq takes no more calls
	asked   bool          // Linq named a wait, and it is this one
	changes bool          // changes met trouble: only a change can show that it is over
	only    string        // the one request that met all of the trouble, which waits alone unless limited; "" if there are several
	waiting int           // those who were told to wait

	jitter func(time.Duration) time.Duration
}

// rejects reports whether a request must wait for the pause to end. Trouble that only one request
// met may be its own, such as a chat that Linq stumbles over: another may see whether it is.
func (p *circuit) rejects(request string, now time.Time) bool {
	return now.Before(p.until) && (!p.alone() || p.only == request)
}

// alone reports whether the pause is for one request only.
func (p *circuit) alone() bool { return p.only != "" && !p.limited }

// why is the reason for a wait that is as long as the pause.
func (p *circuit) why() Cause {
	switch {
	case p.limited && p.asked:
		return AskedToWait
	case p.limited:
		return NoMoreCalls
	default:
		return NotAnswering
	}
}

// admission is how a turn begins.
type admission int

const (
	admitted   admission = iota
	rejected             // until the end of the pause
	awaitProbe           // the probe, whose outcome decides
)

// admit lets a turn begin, as the probe if there is to be one. Regardless is for those that go on
// in a pause as well.
func (p *circuit) admit(t *Permit, now time.Time) admission {
	if p.probe == nil && !p.until.IsZero() && now.Sub(p.until) > stale {
		p.end()
	}
	holds := p.rejects(t.request, now)
	switch {
	case p.until.IsZero():
		t.generation = p.generation
	case !holds && p.probe == nil:
		p.probe = make(chan struct{})
		t.generation, t.probe = p.generation, true
	case t.bypass:
	case holds:
		return rejected
	default:
		return awaitProbe
	}
	return admitted
}

// heard takes in the outcome of one call of a turn.
func (p *circuit) record(t *Permit, a result, now time.Time) {
	switch {
	case t.generation != p.generation:
		if a.asksAll() {
			p.extend(t.request, a, now)
		}
	case t.probe:
		p.probed(t, a, now)
	case a.trouble:
		p.streak = p.streak.add(t.request, a)
		if a.asksAll() || p.streak.count() >= maxStreak {
			p.begin(t.request, a, now)
		}
	default:
		p.streak = p.streak.clear(a)
	}
}

// probed takes in what a probe hears. Trouble with its reading decides nothing yet: the change
// follows all the same, and may come through.
func (p *circuit) probed(t *Permit, a result, now time.Time) {
	switch {
	case a.trouble && (a.change || a.asksAll()):
		p.begin(t.request, a, now)
	case a.change || !a.trouble && !p.changes:
		p.end()
	default:
		t.last = a
	}
}

// release ends a turn. A probe that came to nothing leaves the place to the next.
func (p *circuit) release(t *Permit, now time.Time) {
	switch {
	case !t.probe || t.generation != p.generation:
	case t.last.trouble:
		p.begin(t.request, t.last, now)
	default:
		p.releaseProbe()
	}
}

// begin begins a pause, or the next one after a probe has failed.
func (p *circuit) begin(request string, a result, now time.Time) {
	const doublings = 6
	switch {
	case p.until.IsZero() && !p.streak.several:
		p.only = request
	case p.until.IsZero(), request != p.only:
		p.only = ""
	}
	wait := p.jitter(min(maxPause, firstPause<<min(p.failed, doublings)))
	p.until = now.Add(max(wait, a.asked))
	p.failed++
	p.limited, p.asked = a.limited, a.asked >= wait
	p.changes = p.changes || a.change || p.streak.changes > 0
	p.turn()
}

// extend honours a wait that Linq asks for in an answer to an older call.
func (p *circuit) extend(request string, a result, now time.Time) {
	until := now.Add(a.asked)
	switch {
	case !now.Before(p.until):
		p.begin(request, a, now)
	case until.After(p.until):
		p.until, p.limited, p.asked = until, true, true
	}
}

func (p *circuit) end() {
	p.until, p.failed, p.limited, p.asked, p.changes, p.only = time.Time{}, 0, false, false, false, ""
	p.turn()
}

func (p *circuit) turn() {
	p.generation++
	p.streak, p.waiting = streak{}, 0
	p.releaseProbe()
}

func (p *circuit) releaseProbe() {
	if p.probe != nil {
		close(p.probe)
		p.probe = nil
	}
}
