package reconcile_test

import (
	"testing"
	"testing/synctest"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// wantHeld runs the step once, which holds the request.
func (e *env) wantHeld() {
	e.t.Helper()
	_, err := e.steps.Try(e.ctx, requestID)
	assert.ErrorIs(e.t, err, ledger.ErrHeld)
}

// Nothing is asked of Linq for a request whose batch is paused, and it goes on once that is resumed.
func TestARequestOfAPausedBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		e.records.set(func(r *ledger.Request) { r.Held = true })
		e.wantHeld()
		assert.Equal(t, len(e.linq.Calls()), 0)
		assert.Assert(t, e.records.request().FirstTryAt.IsZero(), "its time has not begun")

		e.records.set(func(r *ledger.Request) { r.Held = false })
		e.remove()
		assert.Equal(t, e.records.request().State, ledger.Sent)
	})
}
