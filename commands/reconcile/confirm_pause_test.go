package reconcile_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// Reading the chat after the removal was queued is put off as well, but not the last reading.
func TestConfirmingInAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{EffectDelay: linqtest.OnSettle}, 3, 0)
		assert.Equal(t, c.try(0), time.Duration(0))
		confirm := func() time.Duration {
			wait, err := c.steps.Confirm(c.ctx, c.all[0].request().ID)
			assert.NilError(t, err)
			return wait
		}
		time.Sleep(time.Second)
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 5 * time.Minute})
		c.try(1)
		before := len(c.linq.Calls())
		wait := confirm()
		assert.Assert(t, wait > 299*time.Second && wait < 301*time.Second, "%s", wait)
		assert.Equal(t, len(c.linq.Calls()), before)
		time.Sleep(wait)
		wait = confirm()
		assert.Equal(t, len(c.linq.Calls()), before+1)
		time.Sleep(wait)

		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 5 * time.Minute})
		c.try(2)
		before = len(c.linq.Calls())
		left := time.Until(c.all[0].request().SentAt.Add(10 * time.Minute))
		assert.Equal(t, confirm(), left, "the ten minutes end before the pause")
		assert.Equal(t, c.all[0].request().State, ledger.Sent)
		c.linq.Settle()
		time.Sleep(left)
		assert.Equal(t, confirm(), time.Duration(0))
		assert.Equal(t, len(c.linq.Calls()), before+1)
		assert.Equal(t, c.all[0].request().State, ledger.Removed)
	})
}

// Readings that fail count too, and one that works again ends the pause when there is no removal to
// try.
func TestConfirmingBeginsAndEndsAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{EffectDelay: linqtest.OnSettle}, 6, 0)
		for i := range 5 {
			c.try(i)
		}
		time.Sleep(time.Second)
		c.outage(0, down())
		confirm := func(i int) {
			_, err := c.steps.Confirm(c.ctx, c.all[i].request().ID)
			assert.NilError(t, err)
		}
		for i := range 4 {
			confirm(i)
		}
		before := len(c.linq.Calls())
		confirm(4)
		assert.Assert(t, c.try(5) > 0)
		assert.Equal(t, len(c.linq.Calls()), before)

		time.Sleep(time.Second)
		confirm(4)
		confirm(0)
		assert.Equal(t, len(c.linq.Calls()), before+1, "the probe failed")
		c.linq.ClearFaults()
		time.Sleep(2 * time.Second)
		confirm(4)
		confirm(0)
		assert.Equal(t, len(c.linq.Calls()), before+3)
	})
}

// A process that stops says nothing of Linq.
func TestStoppingIsNoTroubleOfLinq(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 6, 0)
		c.linq.Fail(linqtest.GetChat, 5, linqtest.Fault{Delay: time.Hour})
		for i := range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := c.steps.Try(ctx, c.all[i].request().ID)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			cancel()
		}
		assert.Equal(t, c.try(5), time.Duration(0))
	})
}

// A probe that was cut short leaves its place to the next.
func TestAProbeThatIsCutShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newPaused(t, 4, 0, down())
		c.linq.ClearFaults()
		time.Sleep(time.Second)
		c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.steps.Try(ctx, c.all[2].request().ID)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		began := time.Now()
		assert.Equal(t, c.try(3), time.Duration(0))
		assert.Equal(t, time.Since(began), time.Duration(0))
	})
}
