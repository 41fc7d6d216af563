package ledger_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/ledger/ledgertest"
)

// What is stuck is told by the time, so that nothing has to wait here.
func TestStuck(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		accepted, err := l.Accept(t.Context(), []ledger.Order{order("d1", "early@example.com")})
		assert.NilError(t, err)
		stuck := func(later time.Duration) string {
			t.Helper()
			found, err := backlog.FindStuck(t.Context(), l.Reader(), time.Now().Add(later))
			assert.NilError(t, err)
			var lines []string
			for _, each := range found {
				assert.Assert(t, !each.Since.IsZero() && each.Since.Before(time.Now().Add(later)), "%v", each.Since)
				lines = append(lines, each.Request.Delivery+" "+string(each.Kind))
			}
			slices.Sort(lines)
			return strings.Join(lines, "\n")
		}
		assert.Equal(t, stuck(50*time.Second), "")
		assert.Equal(t, stuck(2*time.Minute), "d1 not_handed_over")

		id := accepted[0].Request.ID
		start(t, l, ledger.Workers{})
		await(t, "the hand-over", func() bool { return stuck(2*time.Minute) == "" })
		assert.Equal(t, stuck(4*time.Minute), "")
		assert.Equal(t, stuck(6*time.Minute), "d1 not_tried")

		change := func(set func(*ledger.Request)) {
			t.Helper()
			request, err := l.Request(t.Context(), id)
			assert.NilError(t, err)
			set(&request)
			_, err = l.Save(t.Context(), request, ledger.Change{Cause: "for the test"})
			assert.NilError(t, err)
		}
		change(func(r *ledger.Request) { r.FirstTryAt, r.NextTryAt = time.Now(), time.Now().Add(10*time.Minute) })
		assert.Equal(t, stuck(14*time.Minute), "")
		assert.Equal(t, stuck(16*time.Minute), "d1 not_retried")
		change(func(r *ledger.Request) { r.State, r.SentAt = ledger.Sent, time.Now().Add(20*time.Minute) })
		assert.Equal(t, stuck(34*time.Minute), "")
		assert.Equal(t, stuck(36*time.Minute), "d1 not_settled")
		change(func(r *ledger.Request) { r.State, r.EndedAt = ledger.Unconfirmed, time.Now() })
		assert.Equal(t, stuck(1000*time.Hour), "")
	})
}

// In a long line it is no trouble to wait for one's turn, as long as others get theirs.
func TestALineThatMovesIsNotStuck(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		var c clock
		l, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet(), Now: c.now})
		assert.NilError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		const count = 400
		for n := 0; n < count; n += 20 {
			var orders []ledger.Order
			for i := range 20 {
				orders = append(orders, order(fmt.Sprint("d", n), fmt.Sprintf("+1415555%04d", n+i)))
			}
			accept(t, l, orders...)
		}
		kinds := func() string {
			t.Helper()
			found, err := backlog.FindStuck(t.Context(), l.Reader(), c.now())
			assert.NilError(t, err)
			var kinds []string
			for _, each := range found {
				kinds = append(kinds, string(each.Kind))
			}
			slices.Sort(kinds)
			return strings.Join(slices.Compact(kinds), " ")
		}
		c.ahead.Store(int64(10 * time.Minute))
		assert.Equal(t, kinds(), "not_handed_over", "a serve that never began")

		next := make(chan struct{})
		var ended atomic.Int32
		start(t, l, ledger.Workers{TryConcurrency: 4, Try: func(ctx context.Context, id string) (time.Duration, error) {
			select {
			case <-next:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			defer ended.Add(1)
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		await(t, "the hand-over", func() bool { return kinds() == "not_handed_over not_tried" })
		next <- struct{}{}
		await(t, "the end of one", func() bool { return ended.Load() == 1 })
		assert.Equal(t, kinds(), "", "one was tried just now, and the others wait for their turn")
		c.ahead.Add(int64(2 * time.Minute))
		assert.Equal(t, kinds(), "not_handed_over not_tried", "none was tried lately")
		close(next)
		await(t, "the end of the line", func() bool { return ended.Load() == count })
		assert.Equal(t, kinds(), "")
	})
}
