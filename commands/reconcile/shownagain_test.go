package reconcile_test

import (
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// What is shown of a removal changes by itself when it can no longer be taken back; of nothing else.
func TestShownAgainAfterADay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		kind  ledger.Kind
		doing func(*env)
		state ledger.State
		again bool
	}{
		{"removed", ledger.Remove, func(e *env) { e.linq.Settle() }, ledger.Removed, true},
		{"already gone", ledger.Remove, func(e *env) {
			e.records.set(func(r *ledger.Request) { r.SeenListed = false })
			e.unlist()
		}, ledger.AlreadyGone, false},
		{"unconfirmed", ledger.Remove, nothing, ledger.Unconfirmed, false},
		{"added", ledger.Add, func(e *env) { e.linq.Settle() }, ledger.Added, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := sentOf(t, test.kind)
				test.doing(e)
				e.watch()
				r := e.records.request()
				assert.Equal(t, r.State, test.state)
				last := e.records.changes[len(e.records.changes)-1]
				assert.Assert(t, last.News)
				assert.Equal(t, r.EndedAt, time.Now())
				for _, c := range e.records.changes[:len(e.records.changes)-1] {
					assert.Assert(t, c.ShowAgain.IsZero(), c.Cause)
				}
				if !test.again {
					assert.Assert(t, last.ShowAgain.IsZero())
					assert.Assert(t, !outcome.OffersUndo(r, time.Now()))
					return
				}
				assert.Equal(t, last.ShowAgain, r.EndedAt.Add(24*time.Hour))
				assert.Assert(t, outcome.OffersUndo(r, last.ShowAgain.Add(-time.Microsecond)))
				assert.Assert(t, !outcome.OffersUndo(r, last.ShowAgain), "when it is shown again, the button is gone")
			})
		})
	}
}
