package ledger_test

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/ledger/ledgertest"
)

// The audit of a batch has all its items, in their order, those without a request too.
func TestAuditOfABatch(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{
			Try: func(ctx context.Context, id string) (time.Duration, error) {
				return 0, end(ctx, l, id, ledger.Refused)
			},
			Plan: nothing, ShowBatch: nothing,
		})
		b, other := propose(t, l, "one"), propose(t, l, "two")
		rows := func() (states []ledger.State) {
			t.Helper()
			for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{BatchID: b.ID}) {
				assert.NilError(t, err)
				assert.Equal(t, row.BatchID, b.ID)
				assert.Equal(t, row.Handle.Value(), "+14155550132")
				states = append(states, row.State)
			}
			return states
		}
		assert.DeepEqual(t, rows(), []ledger.State{audit.NotAsked, audit.NotAsked})

		_, _, err := l.DecideBatch(t.Context(), b.ID, ledger.ConfirmBatch, "U1", ledger.Limits{})
		assert.NilError(t, err)
		await(t, "the end of the batch", func() bool {
			b, err := l.Batch(t.Context(), b.ID)
			return err == nil && !b.Open()
		})
		assert.DeepEqual(t, rows(), []ledger.State{ledger.Refused, ledger.Refused})
		for _, part := range []string{b.ID, b.ShortID(), b.ID[:34]} {
			found, err := l.Reader().LookupBatches(t.Context(), part, 10)
			assert.NilError(t, err)
			assert.Assert(t, len(found) >= 1 && found[0].ID == b.ID, "%s: %+v", part, found)
		}
		assert.Assert(t, other.ID != b.ID)
		for _, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{BatchID: "none"}) {
			assert.ErrorIs(t, err, ledger.ErrNotFound)
		}
	})
}
