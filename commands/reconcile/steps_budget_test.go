package reconcile_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

const mostRuns = 100

// follow runs the step until it wants no further run.
func (e *env) follow() {
	e.t.Helper()
	for range mostRuns {
		wait := e.remove()
		if wait == 0 {
			return
		}
		time.Sleep(wait)
	}
	e.t.Fatal("it is tried without end")
}

func TestTriesEndAfterFifteenMinutes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fault  linqtest.Fault
		reason string
		doubt  bool
	}{
		{"503", linqtest.Fault{Status: 503, Code: 4004}, "linq_4004", true},
		{"429", linqtest.Fault{Status: 429, Code: 1007}, "linq_1007", false},
		{"429 that asks for long waits", linqtest.Fault{Status: 429, Code: 1007, RetryAfter: 4 * time.Minute}, "linq_1007", false},
		{"a conflict of states", linqtest.Fault{Status: 409, Code: 2015}, "linq_2015", false},
		{"dropped", linqtest.Fault{Drop: linqtest.BeforeEffect}, "no_answer", true},
	} {
		for kind, call := range kinds() {
			t.Run(fmt.Sprint(kind, ", ", test.name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					e := newEnvOf(t, kind, linqtest.Config{})
					e.linq.Fail(call.op, 0, test.fault)
					began := time.Now()
					e.follow()
					r := e.records.request()
					assert.Equal(t, r.State, ledger.Failed)
					assert.Equal(t, r.Reason, test.reason)
					assert.Equal(t, r.MayHaveReached, test.doubt)
					assert.Equal(t, time.Since(began), 15*time.Minute)
					assert.Equal(t, e.effects(), 0)
				})
			})
		}
	}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	trouble := linqtest.Fault{Status: http.StatusServiceUnavailable, Code: 4004}
	for _, test := range []struct {
		name  string
		since time.Duration // the first try
		wait  time.Duration
		state ledger.State
	}{
		{"well before the end", 14 * time.Minute, 30 * time.Second, ledger.Accepted},
		{"just before the end", 15*time.Minute - time.Second, time.Second, ledger.Accepted},
		{"a blink before the end", 15*time.Minute - 10*time.Millisecond, 0, ledger.Failed},
		{"at the end", 15 * time.Minute, 0, ledger.Failed},
		{"after an hour in which linqbot was down", time.Hour, 0, ledger.Failed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
				e.records.set(func(r *ledger.Request) { r.Tries, r.FirstTryAt = 30, time.Now().Add(-test.since) })
				e.linq.Fail(linqtest.Remove, 1, trouble)
				assert.Equal(t, e.remove(), test.wait)
				assert.Equal(t, e.records.request().State, test.state)
				assert.Equal(t, e.linq.Count(linqtest.Remove), 1, "it is tried before it fails")
			})
		})
	}
	t.Run("after an hour in which linqbot was down, and all is well again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
			e.records.set(func(r *ledger.Request) { r.Tries, r.FirstTryAt = 30, time.Now().Add(-time.Hour) })
			e.remove()
			assert.Equal(t, e.records.request().State, ledger.Sent)
		})
	})
}

// A doubt at the end is settled by one more look at the chat.
func TestDoubtAtTheEnd(t *testing.T) {
	t.Parallel()
	lost, broken := linqtest.Fault{Drop: linqtest.AfterEffect}, linqtest.Fault{Status: 500, Code: 3006}
	cannotRead := failing(linqtest.GetChat, linqtest.Fault{Status: 500})
	for _, test := range []struct {
		name   string
		kind   ledger.Kind
		listed bool // the handle was seen before
		fault  linqtest.Fault
		chat   func(*env)
		state  ledger.State
		reason string
	}{
		{name: "the last try took effect", kind: ledger.Remove, listed: true, fault: lost, chat: nothing, state: ledger.Removed, reason: outcome.ReasonSeenGone},
		{name: "it did not", kind: ledger.Remove, listed: true, fault: broken, chat: nothing, state: ledger.Failed, reason: "linq_3006"},
		{name: "nobody can tell", kind: ledger.Remove, listed: true, fault: lost, chat: cannotRead, state: ledger.Failed, reason: outcome.ReasonNoAnswer},
		{name: "not listed, as never before", kind: ledger.Remove, fault: broken, chat: (*env).unlist, state: ledger.AlreadyGone, reason: outcome.ReasonSeenGone},
		{name: "the last try took effect", kind: ledger.Add, fault: lost, chat: nothing, state: ledger.Added, reason: outcome.ReasonSeenThere},
		{name: "it did not", kind: ledger.Add, fault: broken, chat: nothing, state: ledger.Failed, reason: "linq_3006"},
		{name: "they are not even listed", kind: ledger.Add, fault: broken, chat: (*env).unlist, state: ledger.Failed, reason: "linq_3006"},
		{name: "nobody can tell", kind: ledger.Add, fault: lost, chat: cannotRead, state: ledger.Failed, reason: outcome.ReasonNoAnswer},
	} {
		t.Run(fmt.Sprint(test.kind, ", ", test.name), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnvOf(t, test.kind, linqtest.Config{})
				e.records.set(func(r *ledger.Request) {
					r.Tries, r.FirstTryAt, r.SeenListed = 30, time.Now().Add(-time.Hour), test.listed
				})
				e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{RawBody: "<html>"})
				e.linq.Fail(kinds()[test.kind].op, 1, test.fault)
				test.chat(e)
				assert.Equal(t, e.remove(), time.Duration(0))
				r := e.records.request()
				assert.Equal(t, r.State, test.state)
				assert.Equal(t, r.Reason, test.reason)
				assert.Equal(t, e.linq.Count(linqtest.GetChat), 2)
			})
		})
	}
}
