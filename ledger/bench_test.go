package ledger_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"linqbot/ledger"
)

// BenchmarkAccept is the durable part of an ack: one row on disk, alone and with others beside it.
func BenchmarkAccept(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(strconv.Itoa(callers)+"-at-a-time", func(b *testing.B) {
			l := open(b)
			var next atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						o := order(fmt.Sprint("delivery-", n), fmt.Sprintf("+1415%07d", n))
						if _, err := l.Accept(b.Context(), []ledger.Order{o}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}
