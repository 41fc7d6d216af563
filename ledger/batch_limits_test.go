package ledger_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/ledger/ledgertest"
)

// confirm says yes to a batch within limits, and returns the one that it met.
func confirm(t testing.TB, l *ledger.Ledger, id string, limits ledger.Limits) (met ledger.Limit, over bool) {
	t.Helper()
	_, changed, err := l.DecideBatch(t.Context(), id, ledger.ConfirmBatch, "U1", limits)
	if limited, ok := errors.AsType[*ledger.LimitError](err); ok {
		return limited.Limit, true
	}
	assert.NilError(t, err)
	assert.Assert(t, changed)
	return ledger.Limit{}, false
}

// removalWithin asks for a removal of another person within limits.
func removalWithin(t testing.TB, l *ledger.Ledger, delivery string, limits ledger.Limits) ledger.Acceptance {
	t.Helper()
	o := order(delivery, fmt.Sprintf("%s@example.com", delivery))
	o.Limits = limits
	return accept(t, l, o)[0]
}

// A batch counts as one removal of the person who asks for it, before its removals and after them.
func TestABatchCountsAsOneOfAPerson(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Try: (&remover{l: l}).try})
		limits := ledger.Limits{PerHour: 3}
		assert.Equal(t, removalWithin(t, l, "first", limits).Outcome, ledger.Recorded)
		first, second, third := proposed(t, l, "B1", 20), proposed(t, l, "B2", 1), proposed(t, l, "B3", 1)
		for _, b := range []ledger.Batch{first, second} {
			_, over := confirm(t, l, b.ID, limits)
			assert.Assert(t, !over)
		}
		untilBatch(t, l, first.ID, hasEnded)
		refused := removalWithin(t, l, "second", limits)
		assert.Equal(t, refused.Outcome, ledger.Limited)
		assert.Assert(t, refused.Limit.Again.After(time.Now()))

		met, over := confirm(t, l, third.ID, limits)
		assert.Assert(t, over)
		assert.Equal(t, met.Most, 3)
		assert.Assert(t, met.Again.After(time.Now()) && met.Again.Before(time.Now().Add(time.Hour+time.Second)))
		still, err := l.Batch(t.Context(), third.ID)
		assert.NilError(t, err)
		assert.Equal(t, still.State, ledger.Proposed, "it can be confirmed later")

		fourth, _, err := l.AcceptBatch(t.Context(), batchOrder("B4"))
		assert.NilError(t, err)
		fourth, err = l.Propose(t.Context(), fourth.ID, ledger.Plan{Items: items(1), AskFor: time.Minute, Limits: limits})
		assert.NilError(t, err)
		assert.Equal(t, fourth.OverLimit.Most, 3, "the proposal tells of it")
		assert.Equal(t, fourth.Trouble, "")
		assert.Equal(t, decide(t, l, fourth.ID, ledger.ConfirmBatch).OverLimit, ledger.Limit{}, "it was over none when it was confirmed")
	})
}

// It counts from the yes on, also before the first of its requests is made.
func TestABatchCountsFromTheYesOn(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		limits := ledger.Limits{PerHour: 2}
		assert.Equal(t, removalWithin(t, l, "first", limits).Outcome, ledger.Recorded)
		_, over := confirm(t, l, proposed(t, l, "B1", 20).ID, limits)
		assert.Assert(t, !over)
		assert.Equal(t, removalWithin(t, l, "second", limits).Outcome, ledger.Limited)
	})
}

// For all people together each removal of a batch counts.
func TestABatchCountsInFullForEverybody(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Try: (&remover{l: l}).try})
		limits := ledger.Limits{PerDay: 5}
		met, over := confirm(t, l, proposed(t, l, "B1", 6).ID, limits)
		assert.Assert(t, over)
		assert.Assert(t, met.Everybody)
		assert.Assert(t, met.Again.IsZero(), "no wait helps")
		fits := proposed(t, l, "B2", 4)
		_, over = confirm(t, l, fits.ID, limits)
		assert.Assert(t, !over)
		untilBatch(t, l, fits.ID, hasEnded)
		assert.Equal(t, removalWithin(t, l, "first", limits).Outcome, ledger.Recorded)
		assert.Equal(t, removalWithin(t, l, "second", limits).Outcome, ledger.Limited)

		unasked := batchOrder("B3")
		unasked.Asks, unasked.Limits = false, limits
		_, _, err := l.AcceptBatch(t.Context(), unasked)
		limited, ok := errors.AsType[*ledger.LimitError](err)
		assert.Assert(t, ok, "%v", err)
		assert.Assert(t, limited.Limit.Everybody)
	})
}

// A batch that does not ask is measured once it is known how large it is.
func TestABatchThatDoesNotAskAndIsTooLarge(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		limits := ledger.Limits{PerHour: 5, PerDay: 5}
		unasked := batchOrder("B1")
		unasked.Asks, unasked.Limits = false, limits
		b, fresh, err := l.AcceptBatch(t.Context(), unasked)
		assert.NilError(t, err)
		assert.Assert(t, fresh)
		b, err = l.Propose(t.Context(), b.ID, ledger.Plan{Items: items(6), Limits: limits})
		assert.NilError(t, err)
		assert.Equal(t, b.State, ledger.Unplanned)
		assert.Equal(t, b.Trouble, ledger.TroubleOverLimit)
		assert.Equal(t, b.OverLimit, ledger.Limit{Everybody: true, Most: 5})

		assert.Equal(t, removalWithin(t, l, "first", limits).Outcome, ledger.Recorded)
		unasked.Delivery = "B2"
		b, _, err = l.AcceptBatch(t.Context(), unasked)
		assert.NilError(t, err)
		_, err = l.Propose(t.Context(), b.ID, ledger.Plan{Items: items(5), Limits: limits})
		assert.NilError(t, err)
		b, err = l.Batch(t.Context(), b.ID)
		assert.NilError(t, err)
		assert.Equal(t, b.State, ledger.Unplanned)
		tomorrow := time.Now().Add(24 * time.Hour)
		assert.Assert(t, b.OverLimit.Again.After(tomorrow.Add(-time.Minute)) && !b.OverLimit.Again.After(tomorrow), b.OverLimit.Again)
	})
}

// A dry run tells of the limit that what it looks at would be over, and takes nobody's place.
func TestADryRunOfABatchForeseesLimits(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		dryRun := func(delivery string, asks bool, size int, limits ledger.Limits) ledger.Batch {
			t.Helper()
			o := batchOrder(delivery)
			o.DryRun, o.Asks, o.Limits = true, asks, limits
			b, fresh, err := l.AcceptBatch(t.Context(), o)
			assert.NilError(t, err)
			assert.Assert(t, fresh)
			_, err = l.Propose(t.Context(), b.ID, ledger.Plan{Items: items(size), Limits: limits, ChatName: "Launch"})
			assert.NilError(t, err)
			b, err = l.Batch(t.Context(), b.ID)
			assert.NilError(t, err)
			assert.Equal(t, b.State, ledger.DryRun)
			assert.Equal(t, b.ChatName, "Launch")
			return b
		}
		limits := ledger.Limits{PerHour: 1, PerDay: 5}
		within := dryRun("D1", true, 5, limits)
		assert.Equal(t, within.OverLimit, ledger.Limit{})
		assert.Equal(t, within.Trouble, "")
		assert.Equal(t, dryRun("D2", true, 6, limits).OverLimit, ledger.Limit{Everybody: true, Most: 5})

		assert.Equal(t, removalWithin(t, l, "first", limits).Outcome, ledger.Recorded)
		for delivery, asks := range map[string]bool{"D3": true, "D4": false} {
			hour := dryRun(delivery, asks, 2, limits)
			assert.Equal(t, hour.Trouble, ledger.TroubleOverLimit)
			assert.Assert(t, hour.OverLimit.Most == 1 && !hour.OverLimit.Everybody && hour.OverLimit.Again.After(time.Now()), hour.OverLimit)
		}
		assert.Equal(t, dryRun("D5", true, 0, limits).OverLimit, ledger.Limit{}, "nobody would be asked")
		for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{State: ledger.Simulated}) {
			assert.NilError(t, err)
			if row.BatchID != within.ID && row.Reason != "not_in_chat" {
				assert.Equal(t, row.Reason, ledger.TroubleOverLimit)
			}
		}
	})
}

// While removals are paused, no requests of a batch are made.
func TestABatchWhileRemovalsArePaused(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		r := &remover{l: l}
		start(t, l, ledger.Workers{Try: r.try})
		_, err := l.Turn(t.Context(), pauseBy("U1"))
		assert.NilError(t, err)
		b := proposed(t, l, "B1", 10)
		decide(t, l, b.ID, ledger.ConfirmBatch)
		time.Sleep(1500 * time.Millisecond) // longer than between two looks at it
		p, err := l.Progress(t.Context(), b.ID)
		assert.NilError(t, err)
		assert.Equal(t, p.NotAsked(), 10)
		_, err = l.Turn(t.Context(), ledger.Switch{UserID: "U1"})
		assert.NilError(t, err)
		untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, r.chats(), 10)
	})
}

// The requests that a batch makes count for the limit of a day, also for what is typed after some of it was counted.
func TestTheDayCountsWhatABatchMakesLater(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		b := proposed(t, l, "B1", 8)
		decide(t, l, b.ID, ledger.ConfirmBatch)
		typed := func(delivery string) ledger.Outcome {
			o := order(delivery, delivery+"@example.com")
			o.Limits = ledger.Limits{PerDay: 10}
			return accept(t, l, o)[0].Outcome
		}
		assert.Equal(t, typed("d1"), ledger.Recorded)
		r := &remover{l: l}
		start(t, l, ledger.Workers{Try: r.try})
		untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, typed("d2"), ledger.Recorded)
		assert.Equal(t, typed("d3"), ledger.Limited)
	})
}

// Two replicas take no more between them than the limit allows.
func TestALimitIsExactForBatches(t *testing.T) {
	t.Parallel()
	url := ledgertest.Postgres(t)
	replicas := []*ledger.Ledger{open(t, url), open(t, url)}
	const most = 5
	var batches []ledger.Batch
	for i := range 4 * most {
		batches = append(batches, proposed(t, replicas[0], fmt.Sprintf("B%d", i), 1))
	}
	var confirmed atomic.Int64
	var all sync.WaitGroup
	for i, b := range batches {
		all.Go(func() {
			_, changed, err := replicas[i%2].DecideBatch(t.Context(), b.ID, ledger.ConfirmBatch, "U1", ledger.Limits{PerHour: most})
			if _, over := errors.AsType[*ledger.LimitError](err); err != nil && !over {
				t.Error(err)
			}
			if changed {
				confirmed.Add(1)
			}
		})
	}
	all.Wait()
	assert.Equal(t, confirmed.Load(), int64(most))
}
