package ledger_test

import (
	"cmp"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/ledger/ledgertest"
)

const openTries = `river_job WHERE kind = 'try' AND state <> 'completed'`

// A request that is held has no job: it costs nothing, however long that lasts. It goes on at once when its batch, or
// all removals, are resumed, and comes to its end when the batch is stopped.
func TestWhatIsHeldHasNoJob(t *testing.T) {
	t.Parallel()
	const chats = 40
	one := func(l *ledger.Ledger, b ledger.Batch, d ledger.BatchDecision) func(*testing.T) {
		return func(t *testing.T) { t.Helper(); decide(t, l, b.ID, d) }
	}
	all := func(url string, s ledger.Switch) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			s.Source, s.Operator = ledger.Operator, "ops"
			_, err := ledger.Turn(t.Context(), url, s)
			assert.NilError(t, err)
		}
	}
	for name, test := range map[string]struct {
		global bool
		then   ledger.BatchDecision // after the pause of the batch
		end    ledger.State
	}{
		"a batch that is resumed": {then: ledger.ResumeBatch, end: ledger.Removed},
		"a batch that is stopped": {then: ledger.StopBatch, end: ledger.Cancelled},
		"all removals":            {global: true, end: ledger.Removed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgertest.OnEachStore(t, func(t *testing.T, url string) {
				l := open(t, url)
				b := proposed(t, l, "D1", chats)
				hold, release := one(l, b, ledger.PauseBatch), one(l, b, test.then)
				if test.global {
					hold, release = all(url, ledger.Switch{Pause: true, Reason: "test"}), all(url, ledger.Switch{})
				}
				r := &remover{l: l}
				var begun, runs atomic.Int64
				held := make(chan struct{})
				start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
					begun.Add(1)
					<-held
					runs.Add(1)
					request, err := l.Request(ctx, id)
					if err != nil {
						return 0, err
					}
					if pause, err := l.Paused(ctx); err != nil || pause.Holds() || request.Held {
						return 0, cmp.Or(err, ledger.ErrHeld)
					}
					return r.try(ctx, id)
				}})
				decide(t, l, b.ID, ledger.ConfirmBatch)
				await(t, "the first tries", func() bool { return begun.Load() > 0 })
				hold(t)
				await(t, "the pause to be known", func() bool { return test.global == paused(t, l).Holds() })
				close(held)
				await(t, "the end of all jobs", func() bool {
					rows, err := l.Count(t.Context(), openTries)
					return err == nil && rows[openTries] == 0
				})
				assert.Assert(t, runs.Load() <= chats, "each ran once, if at all")
				assert.Equal(t, r.chats(), 0)
				stuck, err := backlog.FindStuck(t.Context(), l.Reader(), time.Now().Add(time.Hour))
				assert.NilError(t, err)
				assert.Equal(t, len(stuck), 0)

				release(t)
				_, p := untilBatch(t, l, b.ID, hasEnded)
				assert.Equal(t, p.States[test.end]+p.NotAsked(), chats)
				for _, item := range itemsOf(t, l, b.ID) {
					if item.Request.ID == "" {
						continue
					}
					history, err := l.Reader().History(t.Context(), item.Request.ID, 50)
					assert.NilError(t, err)
					begins := 0
					for _, event := range history {
						if event.State == ledger.Accepted {
							begins++
						}
					}
					assert.Assert(t, begins <= 1, "it was asked for once: %v", history)
				}
			})
		})
	}
}

func itemsOf(t *testing.T, l *ledger.Ledger, batchID string) []ledger.BatchResult {
	t.Helper()
	const most = 1000
	items, err := l.BatchItems(t.Context(), batchID, 0, most)
	assert.NilError(t, err)
	return items
}

// The pause may have ended while the step looked, or be remembered for a moment: then the request is tried again.
func TestWhatIsHeldNoMoreIsTriedAgain(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		var runs atomic.Int64
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			if runs.Add(1) == 1 {
				return 0, ledger.ErrHeld
			}
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		r := accept(t, l, order("d1", "+14155550132"))[0].Request
		await(t, "its end", func() bool { return state(t, l, r.ID) == ledger.Refused })
		assert.Equal(t, runs.Load(), int64(2))
	})
}
