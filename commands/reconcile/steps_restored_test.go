package reconcile_test

import (
	"testing"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// A request that was open in a restored backup ends by what the chat shows; Linq is not asked to change
// anything.
func TestRestoredRequestsOnlyRead(t *testing.T) {
	t.Parallel()
	marked := func(e *env) {
		e.records.mu.Lock()
		defer e.records.mu.Unlock()
		e.records.now.Reason, e.records.now.MayHaveReached = outcome.ReasonRestored, true
	}
	blind := failing(linqtest.GetChat, linqtest.Fault{Status: 500, Code: 3006})
	const notAgain = "open in a backup that was restored; not tried again"
	once := []time.Duration{0}
	runScenarios(t, []scenario{
		{
			name: "still in the chat", runs: []func(*env){marked},
			want: result{"failed", "restored", true, 0, 0, once, []string{notAgain}},
		},
		{
			name: "gone since", runs: []func(*env){both(marked, (*env).leave)},
			want: result{"removed", "seen_gone", true, 0, 0, once, []string{gone}},
		},
		{
			name: "no longer listed", runs: []func(*env){both(marked, (*env).unlist)},
			want: result{"already_gone", "seen_gone", true, 0, 0, once, []string{gone}},
		},
		{
			name: "the chat cannot be read", runs: []func(*env){both(marked, blind)},
			want: result{"failed", "restored", true, 0, 0, once, []string{notAgain}},
		},
		{
			name: "an addition, not in the chat", kind: ledger.Add, runs: []func(*env){marked},
			want: result{"failed", "restored", true, 0, 0, once, []string{notAgain}},
		},
	})
}
