package ledger_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// BenchmarkAccept is the durable part of an ack: one row on disk, alone and with others beside it.
func BenchmarkAccept(b *testing.B) {
	stores := []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", ledgertest.SQLite}, {"postgres", ledgertest.Postgres}}
	for _, store := range stores {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("ledger=%s/callers=%d", store.name, callers), func(b *testing.B) {
				benchmarkAccept(b, open(b, store.url(b)), callers, ledger.Limits{})
			})
			b.Run(fmt.Sprintf("ledger=%s/callers=%d/limit", store.name, callers), func(b *testing.B) {
				benchmarkAccept(b, open(b, store.url(b)), callers, ledger.Limits{PerHour: 200})
			})
		}
	}
}

// benchmarkAccept has each person ask for 100 removals.
func benchmarkAccept(b *testing.B, l *ledger.Ledger, callers int, limits ledger.Limits) {
	b.Helper()
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				o := order(fmt.Sprint("delivery-", n), fmt.Sprintf("+1415%07d", n))
				o.UserID, o.Limits = fmt.Sprint("U", n%int64(b.N/100+1)), limits
				if _, err := l.Accept(b.Context(), []ledger.Order{o}); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
}
