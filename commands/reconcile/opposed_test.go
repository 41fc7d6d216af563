package reconcile_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// A removal and an addition of the same person do not cross: the one that comes second is refused before Linq is asked.
func TestOpposedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	other := ledger.Request{ID: "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"}
	for kind, op := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnvOf(t, kind, linqtest.Config{})
				e.records.opposing = other
				assert.Equal(t, e.remove(), time.Duration(0))
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Refused)
				assert.Equal(t, r.Reason, outcome.ReasonOpposedBy(other))
				assert.Assert(t, !r.MayHaveReached)
				assert.Equal(t, len(e.linq.Calls()), 0)
				assert.Assert(t, strings.Contains(e.records.history()[0], other.ShortID()))
			})
		})
		// Once tried it was there first, whatever came since.
		t.Run(string(kind)+", tried before", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnvOf(t, kind, linqtest.Config{})
				e.linq.Fail(op.op, 1, linqtest.Fault{Status: 500, Code: 3006})
				wait := e.remove()
				assert.Assert(t, wait > 0)
				e.records.opposing = other
				time.Sleep(wait)
				e.remove()
				assert.Equal(t, e.records.request().State, ledger.Sent)
			})
		})
	}
}

// Our own line is in the chat already, or is not added by linqbot.
func TestOurOwnLineIsNotAdded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handle string
		unread bool
	}{
		"in it":                {line, false},
		"another, not in it":   {"+12025550101", false},
		"the chat is not read": {line, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{PhoneNumbers: []string{line, "+12025550101"}}, group(ada, ben, carla), test.handle)
				e.addsAnew()
				e.askingLines()
				if test.unread {
					e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: 500, Code: 3006})
				}
				assert.Equal(t, e.remove(), time.Duration(0))
				assert.Equal(t, e.linq.Count(linqtest.Add), 0)
				assert.Equal(t, e.records.request().State, ledger.Refused)
				assert.Equal(t, e.records.request().Reason, outcome.ReasonOwnLine)
			})
		})
	}
}

// Where nothing says which lines are ours, Linq decides about an addition.
func TestAnAdditionGoesAheadWithoutOurLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ben, carla, dan), ada)
		e.addsAnew()
		e.askingLines()
		e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Status: 500, Code: 3006})
		e.linq.Fail(linqtest.PhoneNumbers, 0, linqtest.Fault{Status: 500, Code: 3006})
		assert.Equal(t, e.remove(), time.Duration(0))
		assert.Equal(t, e.records.request().State, ledger.Sent)
		assert.Equal(t, e.effects(), 1)
	})
}

// addsAnew turns the request of an env into one that adds the person, whom no removal took out.
func (e *env) addsAnew() {
	e.records.set(func(r *ledger.Request) { r.Kind = ledger.Add })
}
