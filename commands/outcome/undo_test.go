package outcome_test

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

func TestOffersUndo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 16, 45, 10, 0, time.UTC)
	removal := ledger.Request{Order: ledger.Order{Kind: ledger.Remove}, State: ledger.Removed, EndedAt: now}
	assert.Assert(t, outcome.OffersUndo(removal, now))
	for _, state := range []ledger.State{
		ledger.Asked, ledger.Accepted, ledger.Sent, ledger.AlreadyGone, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled, ledger.Added,
	} {
		other := removal
		other.State = state
		assert.Assert(t, !outcome.OffersUndo(other, now), string(state))
	}
	addition := removal
	addition.Kind = ledger.Add
	assert.Assert(t, !outcome.OffersUndo(addition, now))
}
