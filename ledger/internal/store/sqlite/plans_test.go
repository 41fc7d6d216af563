package sqlite_test

import (
	"testing"

	"linqbot/ledger/internal/store/sqlite"
	"linqbot/ledger/internal/store/storetest"
	"linqbot/ledger/ledgertest"
)

// However many deliveries are remembered, accepting looks for its own by an index.
func TestDeliveriesAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, ledgertest.SQLite(t))
	storetest.FillDeliveries(t, s)
	storetest.ReadsNoTable(t, storetest.Plan(t, s, sqlite.SelectKnown, `["d1","d2"]`))
}
