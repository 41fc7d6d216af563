package postgres_test

import (
	"fmt"
	"testing"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres"
	"linqbot/ledger/internal/store/storetest"
	"linqbot/ledger/ledgertest"
)

// However many deliveries are remembered, accepting looks for those of a batch by an index.
func TestDeliveriesAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, ledgertest.Postgres(t))
	storetest.FillDeliveries(t, s)
	batch := make([]store.NewRequest, 64) // as large as they get
	for i := range batch {
		batch[i] = store.NewRequest{ID: fmt.Sprint("n", i), Delivery: fmt.Sprint("new", i)}
	}
	statement, args := postgres.InsertMany(batch)
	storetest.ReadsNoTable(t, storetest.Plan(t, s, statement, args...))
}
