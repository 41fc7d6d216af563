package slacktest

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"
)

// Fault makes calls go wrong. A call that meets one has no effect, unless only Delay is set or
// WithEffect says otherwise.
type Fault struct {
	Method  string // only this method, "response_url" or "upload"; "" is any
	Channel string // only calls that name this channel; "" is any
	Times   int    // how many calls it meets; 0 is all until cleared

	Delay      time.Duration // waits before it answers; a client that goes away ends the wait and the call
	Status     int           // answers with this HTTP status
	Error      string        // answers {"ok":false,"error":…}
	NoError    bool          // answers {"ok":false} without saying why
	RetryAfter time.Duration // answers 429 with this Retry-After, in whole seconds rounded up
	RawBody    string        // answers with this body
	Redirect   string        // answers 302 to this URL
	Drop       DropMode      // answers nothing
	WithEffect bool          // the call takes effect before anything of the above
}

// DropMode says when a connection is cut.
type DropMode int

// The values of a [DropMode].
const (
	NoDrop       DropMode = iota
	BeforeEffect          // the call never happened
	AfterEffect           // the call took effect, and its answer is lost
)

// faults are those that wait for calls. Slack's lock guards them.
type faults struct {
	waiting []*Fault
	chaos   func(method string) *Fault
}

// Inject adds a fault. Where several fit a call, it meets the one that was added first.
func (s *Slack) Inject(f Fault) {
	s.change(func(*workspace.Workspace) { s.faults.waiting = append(s.faults.waiting, &f) })
}

// Chaos has f choose, for each call that no injected fault fits, the fault it meets, nil for none.
// f runs with the workspace locked, so it must not call back; nil ends the chaos.
func (s *Slack) Chaos(f func(method string) *Fault) {
	s.change(func(*workspace.Workspace) { s.faults.chaos = f })
}

// ClearFaults removes every fault, and ends the chaos.
func (s *Slack) ClearFaults() {
	s.change(func(*workspace.Workspace) { s.faults = faults{} })
}

// pick returns the fault a call meets, nil for none.
func (f *faults) pick(method, channel string) *Fault {
	for i, fault := range f.waiting {
		if (fault.Method != "" && fault.Method != method) || (fault.Channel != "" && fault.Channel != channel) {
			continue
		}
		met := *fault
		switch fault.Times {
		case 0:
		case 1:
			f.waiting = slices.Delete(f.waiting, i, i+1)
		default:
			fault.Times--
		}
		return &met
	}
	if f.chaos == nil {
		return nil
	}
	return f.chaos(method)
}

// meet carries a call through the fault; a nil one lets it take effect.
func (f *Fault) meet(ctx context.Context, errorStatus int, effect func() webapi.Answer) webapi.Answer {
	if f == nil {
		return effect()
	}
	spoilt, isSpoilt := f.answer(errorStatus)
	first := f.WithEffect || f.Drop == AfterEffect
	var a webapi.Answer
	if first {
		a = effect()
	}
	if !sleep(ctx, f.Delay) {
		return dropped()
	}
	switch {
	case isSpoilt:
		return spoilt
	case first:
		return a
	}
	return effect()
}

// answer returns what the fault answers instead of the truth, and whether it does.
func (f *Fault) answer(errorStatus int) (webapi.Answer, bool) {
	switch {
	case f.Drop != NoDrop:
		return dropped(), true
	case f.Redirect != "":
		return webapi.Answer{Status: http.StatusFound, Header: http.Header{"Location": {f.Redirect}}}, true
	case f.RetryAfter > 0:
		return rateLimited(f.RetryAfter), true
	case f.RawBody != "":
		return webapi.Answer{Status: cmp.Or(f.Status, http.StatusOK), Header: http.Header{}, Body: []byte(f.RawBody)}, true
	case f.Error != "":
		return webapi.ErrorAnswer(cmp.Or(f.Status, errorStatus), webapi.Failure(f.Error)), true
	case f.NoError:
		return webapi.JSONAnswer(cmp.Or(f.Status, errorStatus), webapi.Reply{"ok": false}), true
	case f.Status != 0:
		return webapi.Answer{
			Status: f.Status,
			Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
			Body:   []byte("<!DOCTYPE html><html><body>" + http.StatusText(f.Status) + "</body></html>"),
		}, true
	}
	return webapi.Answer{}, false
}

func dropped() webapi.Answer { return webapi.Answer{Drop: true, Code: "dropped"} }

// sleep waits, or returns false at once when the client goes away.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
