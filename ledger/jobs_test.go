package ledger_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/ledger/ledgertest"
)

// News that come while a showing runs must be shown, all of them by the next one, and by one showing at
// a time.
func TestShowingCoalescesAndMissesNothing(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		looked, saved := make(chan struct{}), make(chan struct{})
		var side, runs atomic.Int32
		var sideBySide atomic.Bool
		var last atomic.Value
		start(t, l, ledger.Workers{
			Try: func(ctx context.Context, id string) (time.Duration, error) {
				for i := range 40 {
					r, err := l.Request(ctx, id)
					if err != nil {
						return 0, err
					}
					r.Reason = fmt.Sprint(i)
					if i == 39 {
						r.State = ledger.Failed
					}
					if _, err := l.Save(ctx, r, ledger.Change{Cause: "news", News: true}); err != nil {
						return 0, err
					}
					select {
					case <-looked: // the first showing has begun, and knows of no later news
					case <-ctx.Done():
						return 0, ctx.Err()
					}
				}
				close(saved)
				return 0, nil
			},
			Show: func(ctx context.Context, delivery string) (time.Duration, error) {
				if side.Add(1) > 1 {
					sideBySide.Store(true)
				}
				defer side.Add(-1)
				view, err := l.View(ctx, delivery)
				if err != nil {
					return 0, err
				}
				if runs.Add(1) == 1 {
					close(looked)
				}
				select {
				case <-saved:
				case <-ctx.Done():
					return 0, ctx.Err()
				}
				last.Store(view.Requests[0].Reason)
				return 0, nil
			},
		})
		accept(t, l, order("d1", "+14155550132"))
		await(t, "the last news to be shown", func() bool { return last.Load() == "39" })
		stop(t, l) // which lets a showing come to its end
		assert.Assert(t, !sideBySide.Load(), "showings of one thread side by side")
		assert.Equal(t, runs.Load(), int32(2), "one showing of what there was, and one of all that came meanwhile")
	})
}

func TestShownWithoutNews(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		shown := make(chan string, 10)
		release := make(chan struct{})
		start(t, l, ledger.Workers{
			Try: func(context.Context, string) (time.Duration, error) { <-release; return 0, nil },
			Show: func(_ context.Context, delivery string) (time.Duration, error) {
				shown <- delivery
				return 0, nil
			},
		})
		defer close(release)
		accept(t, l, order("d1", "+14155550132"))
		<-shown
	})
}

func TestStepsAreRunAgain(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		var runs atomic.Int32
		start(t, l, ledger.Workers{Try: func(context.Context, string) (time.Duration, error) {
			switch runs.Add(1) {
			case 1:
				return 100 * time.Millisecond, nil
			case 2:
				return 0, fmt.Errorf("unexpected")
			case 3:
				panic("worse")
			default:
				return 0, nil
			}
		}})
		accept(t, l, order("d1", "+14155550132"))
		await(t, "the fourth run", func() bool { return runs.Load() == 4 })
	})
}

// A backlog waits in our own rows: in River it would compete with accepting.
func TestABacklogWaitsOutsideOfRiver(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		release := make(chan struct{})
		var begun, ended atomic.Int32
		start(t, l, ledger.Workers{TryConcurrency: 4, Try: func(ctx context.Context, id string) (time.Duration, error) {
			begun.Add(1)
			select {
			case <-release:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			defer ended.Add(1)
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		const count = 400
		for n := 0; n < count; n += 20 {
			var orders []ledger.Order
			for i := range 20 {
				orders = append(orders, order(fmt.Sprint("d", n), fmt.Sprintf("+1415555%04d", n+i)))
			}
			accept(t, l, orders...)
		}
		await(t, "the workers to be busy", func() bool { return begun.Load() == 4 })
		summary, err := backlog.Summarize(t.Context(), l.Reader())
		if err != nil {
			t.Fatal(err)
		}
		if summary.Waiting < count/2 {
			t.Errorf("%d of %d requests wait outside of River", summary.Waiting, count)
		}
		close(release)
		await(t, "all to end", func() bool { return ended.Load() == count })
	})
}
