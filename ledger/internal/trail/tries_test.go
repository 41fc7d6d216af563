package trail

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

// moody is a store whose next transactions fail, before they are committed or after.
type moody struct {
	store.Store
	failures  atomic.Int32
	committed bool
}

var errMoody = errors.New("not now")

func (m *moody) InTx(ctx context.Context, do func(tx store.Tx) error) error {
	if m.failures.Add(-1) < 0 {
		return m.Store.InTx(ctx, do)
	}
	if m.committed {
		return errors.Join(m.Store.InTx(ctx, do), errMoody)
	}
	return m.Store.InTx(ctx, func(tx store.Tx) error { return errors.Join(do(tx), errMoody) })
}

// A denial is written once, however often that is tried, and counts once for the rate limit; also when a
// commit came through whose answer was lost.
func TestADenialIsTriedUntilItIsWritten(t *testing.T) {
	t.Parallel()
	for name, committed := range map[string]bool{"before the commit": false, "after the commit": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.OnEach(t, func(t *testing.T, s store.Store) {
				m := &moody{Store: s, committed: committed}
				m.failures.Store(3)
				trail := New(Config{Store: m, Now: time.Now, Log: quiet()})
				w := &waiting{Note: Note{Kind: Denied, At: time.Now(), UserID: "U1", Delivery: "d1"}, done: make(chan struct{})}
				assert.Assert(t, trail.enqueue(w))
				<-w.done
				assert.Assert(t, !w.repeated)
				trail.Close()

				assert.Equal(t, storetest.Count(t, s, "denials"), 1)
				assert.Equal(t, storetest.Count(t, s, "events"), 1)
				tokens := trail.quotas.causes[causeOf(w.Note)].limit.Tokens()
				assert.Assert(t, tokens > rowsAtOnce-2 && tokens < rowsAtOnce, "%f", tokens)
			})
		})
	}
}
