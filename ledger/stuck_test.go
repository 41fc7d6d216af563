package ledger_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// What is stuck is told by the time, so that nothing has to wait here.
func TestStuck(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		accepted, err := l.Accept(t.Context(), []ledger.Order{order("d1", "early@example.com")})
		assert.NilError(t, err)
		stuck := func(later time.Duration) string {
			t.Helper()
			found, err := l.Reader().Stuck(t.Context(), time.Now().Add(later))
			assert.NilError(t, err)
			var lines []string
			for _, each := range found {
				assert.Assert(t, !each.Since.IsZero() && each.Since.Before(time.Now().Add(later)), "%v", each.Since)
				lines = append(lines, each.Request.Delivery+" "+each.Why)
			}
			slices.Sort(lines)
			return strings.Join(lines, "\n")
		}
		assert.Equal(t, stuck(50*time.Second), "")
		assert.Equal(t, stuck(2*time.Minute), "d1 was recorded, and given to no worker")

		id := accepted[0].Request.ID
		start(t, l, ledger.Workers{})
		await(t, "the hand-over", func() bool { return stuck(2*time.Minute) == "" })
		assert.Equal(t, stuck(4*time.Minute), "")
		assert.Equal(t, stuck(6*time.Minute), "d1 was given to a worker, and has not moved since")

		change := func(set func(*ledger.Request)) {
			t.Helper()
			request, err := l.Request(t.Context(), id)
			assert.NilError(t, err)
			set(&request)
			_, err = l.Save(t.Context(), request, ledger.Change{Cause: "for the test"})
			assert.NilError(t, err)
		}
		change(func(r *ledger.Request) { r.FirstTryAt, r.NextTryAt = time.Now(), time.Now().Add(10*time.Minute) })
		assert.Equal(t, stuck(14*time.Minute), "")
		assert.Equal(t, stuck(16*time.Minute), "d1 was due to be tried again")
		change(func(r *ledger.Request) { r.State, r.SentAt = ledger.Sent, time.Now().Add(20*time.Minute) })
		assert.Equal(t, stuck(34*time.Minute), "")
		assert.Equal(t, stuck(36*time.Minute), "d1 is queued at Linq, and was neither confirmed nor given up")
		change(func(r *ledger.Request) { r.State, r.EndedAt = ledger.Unconfirmed, time.Now() })
		assert.Equal(t, stuck(1000*time.Hour), "")
	})
}
