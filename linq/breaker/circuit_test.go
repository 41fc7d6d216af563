package breaker

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/linq"
)

// What the calls of a turn may hear.
var errNothing = errors.New("nothing is known")

func readWell() result  { return result{} }
func changedOK() result { return result{change: true} }
func readBadly() result { return result{trouble: true} }
func changeBad() result { return result{change: true, trouble: true} }
func limitedFor(seconds int) result {
	return result{change: true, trouble: true, limited: true, asked: time.Duration(seconds) * time.Second}
}

// act is one turn of a request: when it wants to begin, whether it may, and what its calls hear.
type act struct {
	at      int // seconds since the beginning
	request string
	hears   []result
	bypass  bool

	how    admission
	paused int // the end of the pause after the turn, in seconds since the beginning; 0: there is none
}

func hears(at int, request string, paused int, heard ...result) act {
	return act{at: at, request: request, hears: heard, paused: paused}
}

func isHeld(at int, request string, paused int) act {
	return act{at: at, request: request, how: rejected, paused: paused}
}

// outage is a pause of a second that begins at 0, after several requests met trouble.
func outage(kind result) []act {
	return []act{hears(0, "a", 0, kind), hears(0, "b", 0, kind), hears(0, "c", 0, kind), hears(0, "d", 1, kind)}
}

func TestCircuit(t *testing.T) {
	t.Parallel()
	for name, acts := range map[string][]act{
		"four troubles in a row, of readings": append(outage(readBadly()), isHeld(0, "e", 1)),
		"four troubles in a row, of changes":  append(outage(changeBad()), isHeld(0, "e", 1)),
		"of both": {
			hears(0, "a", 0, readBadly(), changeBad()), hears(0, "b", 1, readBadly(), changeBad()), isHeld(0, "c", 1),
		},
		"a change that is taken ends the row": {
			hears(0, "a", 0, readBadly(), changeBad()), hears(0, "b", 0, readBadly(), changedOK()),
			hears(0, "c", 0, readBadly(), changeBad()), hears(0, "d", 0, readBadly()), hears(0, "d", 1, readBadly()),
		},
		"a reading ends a row of readings": {
			hears(0, "a", 0, readBadly()), hears(0, "b", 0, readBadly()), hears(0, "c", 0, readBadly()),
			hears(0, "d", 0, readWell(), readBadly()), hears(0, "e", 0, readBadly()), hears(0, "f", 0, readBadly()),
		},
		"readings that work hide no trouble with changes": {
			hears(0, "a", 0, readWell(), changeBad()), hears(0, "b", 0, readWell(), changeBad()),
			hears(0, "c", 0, readWell(), changeBad()), hears(0, "d", 1, readWell(), changeBad()),
		},
		"readings come and go beside trouble with a change": {
			hears(0, "a", 0, readWell(), changeBad()), hears(0, "b", 0, readBadly()), hears(0, "c", 0, readWell()),
			hears(0, "b", 0, readBadly()), hears(0, "d", 0, readBadly(), readWell(), readBadly()),
		},
		"a reading does not end one for readings and changes": {
			hears(0, "a", 0, readBadly(), changeBad()), hears(0, "b", 0, changeBad()), hears(0, "c", 1, readBadly()),
			hears(1, "d", 1, readWell()), hears(1, "e", 3, readBadly()), hears(3, "f", 3, readWell()),
		},
		"pauses double, up to a minute": append(outage(changeBad()),
			hears(1, "e", 3, changeBad()), hears(3, "e", 7, changeBad()), hears(7, "f", 15, changeBad()),
			hears(15, "f", 31, changeBad()), hears(31, "f", 63, changeBad()), hears(63, "g", 123, changeBad()),
			isHeld(122, "g", 123), hears(123, "g", 183, changeBad()), hears(183, "g", 243, changeBad()),
		),
		"a pause that nobody came back to is long over": append(outage(changeBad()),
			hears(1, "e", 3, changeBad()), hears(3, "e", 7, changeBad()),
			hears(128, "f", 0, changeBad()), hears(128, "g", 0, changeBad()), hears(128, "g", 0, changeBad()),
			hears(128, "h", 129, changeBad()), // and the next is short again
		),
		"somebody came back to it in time": append(outage(changeBad()),
			hears(1, "e", 3, changeBad()), hears(3, "e", 7, changeBad()), hears(127, "f", 135, changeBad()),
		),
		"a change that is taken ends it": append(outage(readBadly()),
			hears(1, "e", 3, readBadly()), hears(3, "e", 0, readBadly(), changedOK()),
			hears(3, "a", 0, readBadly()), hears(3, "b", 0, readBadly()), hears(3, "c", 0, readBadly()),
			hears(3, "d", 4, readBadly()), // and the next is short again
		),
		"a reading ends one for readings":           append(outage(readBadly()), hears(1, "e", 0, readWell())),
		"a reading does not end one for changes":    append(outage(changeBad()), hears(1, "e", 1, readWell()), hears(1, "f", 0, readWell(), changedOK())),
		"a reading says nothing of changes after":   append(outage(readBadly()), hears(1, "e", 3, changeBad()), hears(3, "f", 3, readWell())),
		"a probe that hears nothing leaves it open": append(outage(readBadly()), hears(1, "e", 1), hears(1, "f", 0, changedOK())),
		"Linq asks for a wait":                      {hears(0, "a", 40, limitedFor(40)), isHeld(39, "b", 40), hears(40, "b", 0, changedOK())},
		"for a wait that is too long":               {hears(0, "a", 300, changedAfter(t, 4000))},
		"for a wait in the middle of a pause": append(outage(changeBad()),
			hears(1, "e", 3, limitedFor(1)), hears(3, "e", 53, limitedFor(50)), hears(53, "e", 61, limitedFor(2)),
		),
		"busy with a wait": append(
			[]act{hears(0, "a", 0, changeBad()), hears(0, "b", 0, changeBad()), hears(0, "c", 0, changeBad())},
			hears(0, "d", 20, result{change: true, trouble: true, asked: 20 * time.Second}),
		),
		"busy with a wait, for one": {hears(0, "a", 0, result{change: true, trouble: true, asked: 20 * time.Second})},
		"no more calls, but no wait": {
			hears(0, "a", 0, limitedFor(0)), hears(0, "a", 0, limitedFor(0)), hears(0, "a", 0, limitedFor(0)),
			hears(0, "a", 1, limitedFor(0)), isHeld(0, "b", 1),
		},
		"trouble of one request holds nobody else": {
			hears(0, "a", 0, readWell(), changeBad()), hears(1, "a", 0, readWell(), changeBad()),
			hears(3, "a", 0, readWell(), changeBad()), hears(7, "a", 8, readWell(), changeBad()),
			isHeld(7, "a", 8), hears(7, "b", 0, readWell(), changedOK()), hears(7, "a", 0, readWell(), changeBad()),
		},
		"unless another meets it too": {
			hears(0, "a", 0, readBadly(), changeBad()), hears(0, "a", 1, readBadly(), changeBad()),
			hears(0, "b", 2, readBadly(), changeBad()), isHeld(0, "c", 2), isHeld(0, "b", 2), isHeld(0, "a", 2),
		},
		"what cannot be put off": append(outage(changeBad()),
			act{at: 0, request: "z", bypass: true, hears: []result{readBadly(), changeBad(), changeBad()}, paused: 1},
			act{at: 0, request: "z", bypass: true, hears: []result{changedOK()}, paused: 1},
			act{at: 0, request: "z", bypass: true, hears: []result{limitedFor(9)}, paused: 9},
			isHeld(8, "y", 9),
		),
		"what cannot be put off counts as any while there is no pause": {
			act{request: "a", bypass: true, hears: []result{changeBad(), changeBad()}},
			act{request: "b", bypass: true, hears: []result{changeBad(), changeBad()}, paused: 1},
			act{at: 1, request: "b", bypass: true, hears: []result{changedOK()}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Date(2026, 3, 9, 16, 45, 0, 0, time.UTC)
			p := newCircuit()
			for i, a := range acts {
				now := began.Add(time.Duration(a.at) * time.Second)
				turn := &Permit{Run: Run{Request: a.request, Bypass: a.bypass}}
				how := p.admit(turn, now)
				assert.Equal(t, how, a.how, "turn %d", i+1)
				if how == admitted {
					for _, heard := range a.hears {
						p.record(turn, heard, now)
					}
					p.release(turn, now)
				}
				paused := 0
				if !p.until.IsZero() {
					paused = int(p.until.Sub(began).Seconds())
				}
				assert.Equal(t, paused, a.paused, "the end of the pause after turn %d", i+1)
			}
		})
	}
}

func newCircuit() *circuit {
	return &circuit{generation: 1, jitter: func(d time.Duration) time.Duration { return d }}
}

// changedAfter is what a change hears that Linq answers with a wait of so many seconds.
func changedAfter(t *testing.T, seconds int) result {
	t.Helper()
	a, says := resultOf(true, &linq.Error{HTTPStatus: 429, RetryAfter: time.Duration(seconds) * time.Second})
	assert.Assert(t, says)
	return a
}

// While a probe is out nobody else begins, and the calls that began before the pause have no say in it.
func TestCircuitWithManyPermits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 16, 45, 0, 0, time.UTC)
	p := newCircuit()
	early := make([]*Permit, 12)
	for i := range early {
		early[i] = &Permit{Run: Run{Request: fmt.Sprint(i)}}
		assert.Equal(t, p.admit(early[i], now), admitted)
	}
	for _, turn := range early[:4] {
		p.record(turn, changeBad(), now)
	}
	until := p.until
	assert.Equal(t, until, now.Add(time.Second))
	for _, turn := range early[4:8] {
		p.record(turn, changeBad(), now)
	}
	p.record(early[8], changedOK(), now)
	assert.Equal(t, p.until, until)

	now = until
	probe, next := &Permit{Run: Run{Request: "probe"}}, &Permit{Run: Run{Request: "next"}}
	assert.Equal(t, p.admit(probe, now), admitted)
	assert.Equal(t, p.admit(next, now), awaitProbe)
	outcome := p.probe
	p.release(early[0], now)
	assert.Equal(t, p.admit(next, now), awaitProbe, "it is not over because another turn is")
	p.record(early[9], limitedFor(10), now)
	assert.Equal(t, p.until, now.Add(10*time.Second), "Linq asks everybody to wait")
	<-outcome
	p.record(early[10], limitedFor(5), now)
	assert.Equal(t, p.until, now.Add(10*time.Second), "to wait less is not to wait longer")
	p.record(probe, changedOK(), now)
	p.release(probe, now)
	assert.Equal(t, p.admit(next, now), rejected, "what the probe had asked before says nothing of that")

	now = p.until
	assert.Equal(t, p.admit(next, now), admitted)
	outcome = p.probe
	p.record(next, changedOK(), now)
	<-outcome
	for _, turn := range early {
		p.record(turn, changeBad(), now)
		p.release(turn, now)
	}
	assert.Assert(t, p.until.IsZero(), "old calls begin no new pause")
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	status := func(status, code int) error { return &linq.Error{HTTPStatus: status, Code: code} }
	for name, test := range map[string]struct {
		err           error
		says, trouble bool
		limited       bool
	}{
		"all is well":               {nil, true, false, false},
		"400":                       {status(400, 1002), true, false, false},
		"401":                       {status(401, 2004), true, false, false},
		"404":                       {status(404, 2001), true, false, false},
		"the chat is being created": {status(409, 2009), true, false, false},
		"a conflict of states":      {status(409, 2015), true, false, false},
		"a redirect":                {status(301, 0), true, false, false},
		"an unreadable 2xx":         {&linq.UnreadableError{HTTPStatus: 200}, true, false, false},
		"408":                       {status(408, 0), true, true, false},
		"429":                       {status(429, 1007), true, true, true},
		"500":                       {status(500, 3006), true, true, false},
		"502":                       {status(502, 0), true, true, false},
		"503":                       {status(503, 4004), true, true, false},
		"no answer":                 {&linq.NoAnswerError{MaybeSent: true}, true, true, false},
		"no connection":             {fmt.Errorf("asking: %w", &linq.NoAnswerError{}), true, true, false},
		"trouble of linqbot's own":  {errNothing, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, says := resultOf(true, test.err)
			assert.Equal(t, says, test.says)
			assert.Equal(t, a, result{change: true, trouble: test.trouble, limited: test.limited})
		})
	}
}
