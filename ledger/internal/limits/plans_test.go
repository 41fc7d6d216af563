package limits

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

// However long somebody has been asking, what counts for their limit is found by two indexes, and what counts for
// all by the ids, which are in the order of time.
func TestWhatCountsIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		plan := storetest.Plan(t, s, countByPerson(s.Dialect()), `["U1","U2"]`, "r9", 1)
		for _, index := range []string{"requests_of_user", "requests_of_workflows"} {
			assert.Assert(t, strings.Contains(plan, index), "%s", plan)
		}
		storetest.ReadsNoTable(t, plan)
		storetest.ReadsNoTable(t, storetest.Plan(t, s, countOfAll(), "s", 1))
	})
}
