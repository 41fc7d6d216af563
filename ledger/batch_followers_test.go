package ledger_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// A person who asks by hand for a removal of a batch is told of its thread, once.
func TestFollowersOfABatch(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Plan: nothing, ShowBatch: nothing})
		b := propose(t, l, "one")
		_, _, err := l.DecideBatch(t.Context(), b.ID, ledger.ConfirmBatch, "U1", ledger.Limits{})
		assert.NilError(t, err)
		await(t, "the requests of the batch", func() bool {
			p, err := l.Progress(t.Context(), b.ID)
			return err == nil && p.NotAsked() == 0
		})
		byHand := order("by hand", "+14155550132")
		byHand.ChatID, byHand.UserID = "c1-one", "U2"
		assert.Equal(t, accept(t, l, byHand)[0].Outcome, ledger.UnderWay)

		followers, err := l.UntoldBatchFollowers(t.Context(), b.ID)
		assert.NilError(t, err)
		assert.Equal(t, len(followers), 1)
		assert.Equal(t, followers[0].UserID, "U2")
		assert.NilError(t, l.MarkTold(t.Context(), followers[0]))
		followers, err = l.UntoldBatchFollowers(t.Context(), b.ID)
		assert.NilError(t, err)
		assert.Equal(t, len(followers), 0)
	})
}
