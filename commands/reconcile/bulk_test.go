package reconcile_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// Linq takes no more calls, because of a batch or not. When it takes them again, what a person asked for comes first,
// however much of the batch waits, and does not wait for the batch's probe.
func TestABatchYieldsAfterA429(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const size, typed = 300, 299
		c := newCrowd(t, linqtest.Config{}, size, 0)
		for i := range typed {
			c.all[i].set(func(r *ledger.Request) { r.BatchID = "batch" })
		}
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 20 * time.Second})
		c.try(0)
		for i := 1; i < typed; i++ {
			c.try(i)
		}
		wait := c.try(typed)
		assert.Assert(t, wait > 20*time.Second && wait < 20*time.Second+20*time.Millisecond, "%s", wait)

		time.Sleep(wait)
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 3 * time.Second})
		probeEnded := c.start(1)
		began := time.Now()
		assert.Equal(t, c.try(typed), time.Duration(0))
		assert.Equal(t, time.Since(began), time.Duration(0))
		assert.Equal(t, c.all[typed].request().State, ledger.Sent)
		probeEnded()
	})
}
