package ledger

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
)

// moody is a store whose next transactions fail, before they are committed or after.
type moody struct {
	store
	failures  atomic.Int32
	committed bool
}

var errMoody = errors.New("not now")

func (m *moody) inTx(ctx context.Context, do func(tx tx) error) error {
	if m.failures.Add(-1) < 0 {
		return m.store.inTx(ctx, do)
	}
	if m.committed {
		return errors.Join(m.store.inTx(ctx, do), errMoody)
	}
	return m.store.inTx(ctx, func(tx tx) error { return errors.Join(do(tx), errMoody) })
}

// A denial is written once, however often that is tried, and counts once for the rate limit; also when a
// commit came through whose answer was lost.
func TestADenialIsTriedUntilItIsWritten(t *testing.T) {
	t.Parallel()
	for name, committed := range map[string]bool{"before the commit": false, "after the commit": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgertest.OnEachStore(t, func(t *testing.T, url string) {
				opened, err := openStore(t.Context(), url)
				assert.NilError(t, err)
				t.Cleanup(func() { _ = opened.close() })
				logger := logrus.New()
				logger.SetOutput(io.Discard)
				m := &moody{store: opened, committed: committed}
				m.failures.Store(3)
				trail := newTrail(trailConfig{Store: m, Now: time.Now, Log: logger.WithField("part", "ledger")})
				w := &waitingNote{note: note{table: tableDenials, at: time.Now(), userID: "U1", delivery: "d1"}, done: make(chan struct{})}
				assert.Assert(t, trail.enqueue(w))
				<-w.done
				assert.Assert(t, !w.repeated)
				trail.close()

				var rows, spent int
				assert.NilError(t, opened.reader().queryRow(t.Context(), `SELECT (SELECT COUNT(*) FROM denials), (SELECT COUNT(*) FROM events)`).Scan(&rows, &spent))
				assert.Equal(t, rows, 1)
				assert.Equal(t, spent, 1)
				tokens := trail.quotas.causes[causeOf(w.note)].limit.Tokens()
				assert.Assert(t, tokens > rowsAtOnce-2 && tokens < rowsAtOnce, "%f", tokens)
			})
		})
	}
}
