package events

import (
	"testing"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

// However many events and deliveries are remembered, looking for one reads an index.
func TestDeliveriesAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillDeliveries(t, s)
		for name, test := range map[string]struct {
			query string
			args  []any
		}{
			"spent deliveries":  {selectSpent(s.Dialect()), []any{`["delivery-1","delivery-2"]`}},
			"a delivery at all": {selectSeen, []any{"delivery-1", "d1"}},
			"events to forget":  {selectOld, []any{1, forgottenAtOnce}},
		} {
			t.Run(name, func(t *testing.T) {
				storetest.ReadsNoTable(t, storetest.Plan(t, s, test.query, test.args...))
			})
		}
	})
}
