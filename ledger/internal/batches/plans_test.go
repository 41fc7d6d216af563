package batches

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

// What feeds a batch is found by an index as well.
func TestWaitingRequestsOfABatchAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		plan := storetest.Plan(t, s, countWaiting, "b1")
		assert.Assert(t, strings.Contains(plan, "requests_of_batch"), "%s", plan)
	})
}
