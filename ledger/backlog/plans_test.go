package backlog

import (
	"testing"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

// However many requests there are, those that are stuck are found by an index. On SQLite one with a condition is
// used only where the query spells that condition.
func TestStuckRequestsAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		for _, way := range stuckWays() {
			index := "requests_under_way"
			if way.kind == NotHandedOver {
				index = "requests_not_handed_over"
			}
			t.Run(string(way.kind), func(t *testing.T) {
				var late store.Where
				late.Add(way.where, 1)
				plan := storetest.Plan(t, s, `SELECT * FROM requests `+late.String()+` ORDER BY accepted_at LIMIT 100`, late.Args...)
				storetest.UsesIndex(t, plan, index)
			})
		}
	})
}
