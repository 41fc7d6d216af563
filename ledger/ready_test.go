package ledger_test

import (
	"context"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// The answer is kept for a second: that of someone who hangs up must not be everybody's.
func TestReadyIsToldToEverybodyAlike(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		gone, hangUp := context.WithCancel(t.Context())
		hangUp()
		assert.NilError(t, l.Ready(gone))
		assert.NilError(t, l.Ready(t.Context()))
	})
}
