package storetest_test

import (
	"context"
	"testing"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

// What is acknowledged, and what Linq or Slack is then asked to do, rests on commits that are on disk. No test can cut
// the power, so this one asks the connections how they commit.
func TestOnlyAsyncCommitsAreNotFlushed(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		asked, flushed, unflushed := `PRAGMA synchronous`, "2", "1" // FULL and NORMAL
		if storetest.IsPostgres(s) {
			asked, flushed, unflushed = `SHOW synchronous_commit`, "on", "off"
		}
		type inTx func(context.Context, func(store.Tx) error) error
		for _, each := range []struct {
			kind string
			run  inTx
			want string
		}{
			{"InTx", s.InTx, flushed},
			{"AcceptTx", s.AcceptTx, flushed},
			{"AsyncTx", s.AsyncTx, unflushed},
			{"InTx after it", s.InTx, flushed},
		} {
			var got string
			err := each.run(t.Context(), func(tx store.Tx) error { return tx.QueryRow(t.Context(), asked).Scan(&got) })
			if err != nil || got != each.want {
				t.Errorf("%s: %q, not %q: %v", each.kind, got, each.want, err)
			}
		}
		var got string
		if err := s.Writer().QueryRow(t.Context(), asked).Scan(&got); err != nil || got != flushed {
			t.Errorf("outside of transactions: %q, not %q: %v", got, flushed, err)
		}
	})
}
