package ledger_test

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// How fast removals go is measured by the last batches, and by how long Linq took for single ones.
func TestThePaceOfRemovals(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		measured := func() ledger.Pace {
			p, err := l.Pace(t.Context())
			assert.NilError(t, err)
			return p
		}
		// try stores that a request was tried at a moment, so many times, and that Linq took it then.
		try := func(r ledger.Request, at time.Time, tries int, took time.Duration) {
			t.Helper()
			r.State, r.FirstTryAt, r.Tries, r.SentAt, r.MayHaveReached = ledger.Sent, at, tries, at.Add(took), true
			_, err := l.Save(t.Context(), r, ledger.Change{Cause: "test"})
			assert.NilError(t, err)
		}
		assert.Equal(t, measured(), ledger.Pace{})
		began := time.Now().Truncate(time.Second)
		try(accept(t, l, order("D1", "+14155550132"))[0].Request, began, 1, 200*time.Millisecond)
		try(accept(t, l, order("D2", "+14155550133"))[0].Request, began, 1, 400*time.Millisecond)
		try(accept(t, l, order("D3", "+14155550134"))[0].Request, began, 2, time.Minute) // Linq had trouble with it
		assert.Equal(t, measured(), ledger.Pace{Call: 300 * time.Millisecond})

		const chats = 11
		b := confirmed(t, l, "D4", chats)
		assert.Equal(t, progress(t, l, b).NotAsked(), 0)
		for i, item := range itemsOf(t, l, b.ID) {
			at := began.Add(time.Duration(i) * 100 * time.Millisecond)
			if i == chats-1 {
				at = at.Add(time.Hour) // somebody paused it
			}
			try(item.Request, at, 1, 300*time.Millisecond)
			if i == 4 {
				assert.Equal(t, measured().InBatch, time.Duration(0), "too few to tell")
			}
			if i == chats-2 {
				assert.Equal(t, measured().InBatch, 100*time.Millisecond)
			}
		}
		assert.Equal(t, measured(), ledger.Pace{InBatch: (9*100*time.Millisecond + time.Minute) / 10, Call: 300 * time.Millisecond})
	})
}
