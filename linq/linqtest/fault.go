package linqtest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault makes requests go wrong. What is set of it applies together: a status with a delay, say.
type Fault struct {
	Op    Op     // default: any
	Chat  string // chat id; default: any
	Times int    // how many requests it takes; 0 takes all, until ClearFaults

	// Delay passes between what the request does and its answer, or the end of the connection. It
	// ends early when the client goes away. Alone it makes a Linq that accepts and then hangs.
	Delay time.Duration

	// Status answers in place of what the request would get, which then does nothing at all. Code 0
	// gives an answer without JSON, as of a proxy in front of Linq.
	Status     int
	Code       int
	Message    string
	RetryAfter time.Duration // in whole seconds, in the header and the body
	Redirect   string        // a Location, with Status or else 307
	WithEffect bool          // the request does its work all the same

	Untraced bool // the answer has no X-Trace-ID, as one that never came from Linq

	RawBody string // body of the answer in place of what it would be; HTML if it starts with <

	Drop Drop
	Lost bool // the request is accepted as usual, but its effect never comes
}

// Drop is a connection that ends without an answer.
type Drop int

// The kinds of [Drop].
const (
	NoDrop       Drop = iota
	BeforeEffect      // the request does nothing
	AfterEffect       // the request does its work
)

// Inject adds a fault. Of several that fit a request, the one that came first takes it.
func (l *Linq) Inject(fault Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, &fault)
}

// ClearFaults ends all injected faults.
func (l *Linq) ClearFaults() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
}

// faultFor returns the fault that a request runs into, the zero one for none.
func (l *Linq) faultFor(op Op, chatID string) Fault {
	if fault, ok := l.injected(op, chatID); ok {
		return fault
	}
	if l.config.Chaos != nil {
		if fault := l.config.Chaos(op); fault != nil {
			return *fault
		}
	}
	return Fault{}
}

func (l *Linq) injected(op Op, chatID string) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, fault := range l.faults {
		if fault.Op != "" && fault.Op != op || fault.Chat != "" && !strings.EqualFold(fault.Chat, chatID) {
			continue
		}
		taken := *fault
		if fault.Times == 1 {
			l.faults = slices.Delete(l.faults, i, i+1)
		} else if fault.Times > 1 {
			fault.Times--
		}
		return taken, true
	}
	return Fault{}, false
}

// works reports whether the request does its work in spite of the fault.
func (f Fault) works() bool {
	return f.WithEffect || f.Status == 0 && f.Redirect == "" && f.Drop != BeforeEffect
}

// spoil makes the answer what the fault says.
func (f Fault) spoil(answer reply, traceID string) reply {
	switch {
	case f.Redirect != "":
		answer = reply{status: cmp.Or(f.Status, http.StatusTemporaryRedirect), header: http.Header{"Location": {f.Redirect}}}
	case f.Status != 0 && f.Code != 0:
		answer = refuse(f.Status, f.Code, f.Message, traceID)
		if f.RetryAfter > 0 {
			answer = answer.retryAfter(f.RetryAfter)
		}
	case f.Status != 0:
		answer = plain(f.Status, cmp.Or(f.Message, http.StatusText(f.Status)))
		if f.RetryAfter > 0 {
			answer.header.Set("Retry-After", wholeSeconds(f.RetryAfter))
		}
	}
	if f.RawBody != "" {
		answer = answer.raw(f.RawBody)
	}
	return answer
}

func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// wait reports whether the client is still there after the delay.
func wait(ctx context.Context, delay time.Duration) bool {
	if delay <= 0 {
		return true
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
