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
	marked := func(w *world) {
		w.records.mu.Lock()
		defer w.records.mu.Unlock()
		w.records.now.Reason, w.records.now.MayHaveReached = outcome.ReasonRestored, true
	}
	blind := failing(linqtest.GetChat, linqtest.Fault{Status: 500, Code: 3006})
	const notAgain = "open in a backup that was restored; not tried again"
	once := []time.Duration{0}
	tell(t, []story{
		{
			name: "still in the chat", runs: []func(*world){marked},
			want: ending{"failed", "restored", true, 0, 0, once, []string{notAgain}},
		},
		{
			name: "gone since", runs: []func(*world){both(marked, (*world).leave)},
			want: ending{"removed", "seen_gone", true, 0, 0, once, []string{gone}},
		},
		{
			name: "no longer listed", runs: []func(*world){both(marked, (*world).unlist)},
			want: ending{"already_gone", "seen_gone", true, 0, 0, once, []string{gone}},
		},
		{
			name: "the chat cannot be read", runs: []func(*world){both(marked, blind)},
			want: ending{"failed", "restored", true, 0, 0, once, []string{notAgain}},
		},
		{
			name: "an addition, not in the chat", kind: ledger.Add, runs: []func(*world){marked},
			want: ending{"failed", "restored", true, 0, 0, once, []string{notAgain}},
		},
	})
}
