package commands

import (
	"errors"
	"time"

	"linqbot/linq"
)

const (
	troublesInARow = 4
	pauseFirst     = time.Second
	pauseMost      = time.Minute

	// stale is how long after its end a pause says nothing more of Linq. Those who waited for it have
	// come back by then.
	stale = 2 * pauseMost
)

// cause is what a wait is for.
type cause int

// The causes of a wait.
const (
	NotAnswering cause = iota // Linq struggles
	AskedToWait               // Linq takes no more calls for a time that it named
	NoMoreCalls               // Linq takes no more calls, and named no time, or less
)

// answer is what the outcome of one call says of how Linq fares.
type answer struct {
	change  bool          // it was to add or to remove somebody; else a reading
	trouble bool          // Linq struggles; else it is well, whatever it said
	limited bool          // Linq takes no more calls for the moment
	asked   time.Duration // the wait that Linq asks for
}

// asksAll reports whether Linq asks for a wait that holds for every call: its limits are on the key.
func (a answer) asksAll() bool { return a.limited && a.asked > 0 }

// answerOf judges the outcome of a call. The second result is false when it says nothing of Linq.
func answerOf(change bool, err error) (answer, bool) {
	a := answer{change: change}
	if err == nil {
		return a, true
	}
	if refusal, ok := errors.AsType[*linq.Error](err); ok {
		a.trouble, a.limited = refusal.Struggling(), refusal.Limited()
		if a.trouble {
			a.asked = min(refusal.RetryAfter, waitMost)
		}
		return a, true
	}
	if _, ok := errors.AsType[*linq.UnreadableError](err); ok {
		return a, true
	}
	_, a.trouble = errors.AsType[*linq.NoAnswerError](err)
	return a, a.trouble
}

// row is the troubles since Linq was last known to be well. A change that Linq takes shows that it
// is; a reading shows no more than that readings work.
type row struct {
	changes, readings int
	request           string // that met them
	several           bool   // more than one request did
}

func (r row) count() int { return r.changes + r.readings }

func (r row) add(request string, a answer) row {
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

func (r row) clear(a answer) row {
	r.readings = 0
	if a.change || r.changes == 0 {
		return row{}
	}
	return r
}

// pause is the time in which those that it holds do not call Linq, since it struggles or asked for
// it, and what leads to that. Its user holds a lock.
type pause struct {
	row   row
	until time.Time // zero: there is no pause. When it is over, one turn goes first as a probe

	// epoch counts the pauses and their ends. What was asked before the last of them says nothing of
	// what is now.
	epoch int

	probe   chan struct{} // closed when the probe has come to something; nil while there is none
	failed  int           // pauses since there was none
	limited bool          // Linq takes no more calls
	asked   bool          // Linq named a wait, and it is this one
	changes bool          // changes met trouble: only a change can show that it is over
	only    string        // the one request that met all of the trouble, which waits alone unless limited; "" if there are several
	waiting int           // those who were told to wait

	jitter func(time.Duration) time.Duration
}

// holds reports whether a request must wait for the pause to end. Trouble that only one request
// met may be its own, such as a chat that Linq stumbles over: another may see whether it is.
func (p *pause) holds(request string, now time.Time) bool {
	return now.Before(p.until) && (!p.alone() || p.only == request)
}

// alone reports whether the pause is for one request only.
func (p *pause) alone() bool { return p.only != "" && !p.limited }

// why is the reason for a wait that is as long as the pause.
func (p *pause) why() cause {
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
	admitted admission = iota
	held               // until the end of the pause
	behind             // the probe, whose outcome decides
)

// admit lets a turn begin, as the probe if there is to be one. Regardless is for those that go on
// in a pause as well.
func (p *pause) admit(t *turn, now time.Time) admission {
	if p.probe == nil && !p.until.IsZero() && now.Sub(p.until) > stale {
		p.end()
	}
	holds := p.holds(t.request, now)
	switch {
	case p.until.IsZero():
		t.epoch = p.epoch
	case !holds && p.probe == nil:
		p.probe = make(chan struct{})
		t.epoch, t.probe = p.epoch, true
	case t.regardless:
	case holds:
		return held
	default:
		return behind
	}
	return admitted
}

// heard takes in the outcome of one call of a turn.
func (p *pause) heard(t *turn, a answer, now time.Time) {
	switch {
	case t.epoch != p.epoch:
		if a.asksAll() {
			p.extend(t.request, a, now)
		}
	case t.probe:
		p.probed(t, a, now)
	case a.trouble:
		p.row = p.row.add(t.request, a)
		if a.asksAll() || p.row.count() >= troublesInARow {
			p.begin(t.request, a, now)
		}
	default:
		p.row = p.row.clear(a)
	}
}

// probed takes in what a probe hears. Trouble with its reading decides nothing yet: the change
// follows all the same, and may come through.
func (p *pause) probed(t *turn, a answer, now time.Time) {
	switch {
	case a.trouble && (a.change || a.asksAll()):
		p.begin(t.request, a, now)
	case a.change || !a.trouble && !p.changes:
		p.end()
	default:
		t.last = a
	}
}

// over ends a turn. A probe that came to nothing leaves the place to the next.
func (p *pause) over(t *turn, now time.Time) {
	switch {
	case !t.probe || t.epoch != p.epoch:
	case t.last.trouble:
		p.begin(t.request, t.last, now)
	default:
		p.letGo()
	}
}

// begin begins a pause, or the next one after a probe has failed.
func (p *pause) begin(request string, a answer, now time.Time) {
	const doublings = 6
	switch {
	case p.until.IsZero() && !p.row.several:
		p.only = request
	case p.until.IsZero(), request != p.only:
		p.only = ""
	}
	wait := p.jitter(min(pauseMost, pauseFirst<<min(p.failed, doublings)))
	p.until = now.Add(max(wait, a.asked))
	p.failed++
	p.limited, p.asked = a.limited, a.asked >= wait
	p.changes = p.changes || a.change || p.row.changes > 0
	p.turn()
}

// extend honours a wait that Linq asks for in an answer to an older call.
func (p *pause) extend(request string, a answer, now time.Time) {
	until := now.Add(a.asked)
	switch {
	case !now.Before(p.until):
		p.begin(request, a, now)
	case until.After(p.until):
		p.until, p.limited, p.asked = until, true, true
	}
}

func (p *pause) end() {
	p.until, p.failed, p.limited, p.asked, p.changes, p.only = time.Time{}, 0, false, false, false, ""
	p.turn()
}

func (p *pause) turn() {
	p.epoch++
	p.row, p.waiting = row{}, 0
	p.letGo()
}

func (p *pause) letGo() {
	if p.probe != nil {
		close(p.probe)
		p.probe = nil
	}
}
