package ledger_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/poll"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func TestABatchIsCarriedOut(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		const chats = 150
		l := open(t, url)
		r := &remover{l: l}
		var shown sync.Map
		start(t, l, ledger.Workers{
			Try: r.try,
			ShowBatch: func(_ context.Context, id string) (time.Duration, error) {
				shown.Store(id, true)
				return 0, nil
			},
			Show: func(_ context.Context, delivery string) (time.Duration, error) {
				t.Errorf("%s is shown by itself", delivery)
				return 0, nil
			},
		})
		b := proposed(t, l, "D1", chats)
		assert.Equal(t, r.chats(), 0)
		decide(t, l, b.ID, ledger.ConfirmBatch)
		b, p := untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, b.State, ledger.Finished)
		assert.Equal(t, p.States[ledger.Removed], chats)
		assert.Equal(t, p.NotAsked(), 0)
		for chat, times := range r.removed {
			assert.Equal(t, times, 1, chat)
		}
		assert.Equal(t, r.chats(), chats)
		_, ok := shown.Load(b.ID)
		assert.Assert(t, ok)

		results, err := l.BatchItems(t.Context(), b.ID, 100, 20)
		assert.NilError(t, err)
		assert.Equal(t, len(results), 20)
		assert.Equal(t, results[0].Position, 101)
		assert.Equal(t, results[0].Request.ChatID, results[0].ChatID)
		assert.Equal(t, results[0].Request.State, ledger.Removed)
		batches, err := l.RecentBatchesOf(t.Context(), "T1", "U1", 10)
		assert.NilError(t, err)
		assert.Equal(t, len(batches), 1)
		assert.Equal(t, batches[0].ID, b.ID)
		assert.Equal(t, len(batches[0].First), 1)
		for _, whose := range [][2]string{{"T1", "U2"}, {"T2", "U1"}} {
			batches, err = l.RecentBatchesOf(t.Context(), whose[0], whose[1], 10)
			assert.NilError(t, err)
			assert.Equal(t, len(batches), 0)
		}
		recent, err := l.RecentOf(t.Context(), "T1", "U1", 10)
		assert.NilError(t, err)
		assert.Equal(t, len(recent), 0, "requests of a batch are found through it")
	})
}

func TestABatchIsRecordedOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		first := proposed(t, l, "D1", 3)
		again, fresh, err := l.AcceptBatch(t.Context(), batchOrder("D1"))
		assert.NilError(t, err)
		assert.Assert(t, !fresh)
		assert.Equal(t, again.ID, first.ID)
		assert.Equal(t, again.Because, "left the firm")
		assert.Equal(t, again.Handles[0].Value(), "+14155550132")

		planned, err := l.Propose(t.Context(), first.ID, ledger.Plan{Items: items(5)})
		assert.NilError(t, err)
		assert.Equal(t, planned.State, ledger.Proposed)
		p, err := l.Progress(t.Context(), first.ID)
		assert.NilError(t, err)
		assert.Equal(t, p.All, 3, "a plan stays as it was shown")

		taken, err := l.TakeDelivery(t.Context(), "D2")
		assert.NilError(t, err)
		assert.Assert(t, taken)
		spent, fresh, err := l.AcceptBatch(t.Context(), batchOrder("D2"))
		assert.NilError(t, err)
		assert.Assert(t, !fresh)
		assert.Equal(t, spent.ID, "")
	})
}

func TestDecisionsAboutABatch(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		for name, test := range map[string]struct {
			before []ledger.BatchDecision
			decide ledger.BatchDecision
			state  ledger.BatchState
			not    bool
		}{
			"yes":               {decide: ledger.ConfirmBatch, state: ledger.Running},
			"no":                {decide: ledger.DeclineBatch, state: ledger.Declined},
			"yes twice":         {before: []ledger.BatchDecision{ledger.ConfirmBatch}, decide: ledger.ConfirmBatch, state: ledger.Running, not: true},
			"no after yes":      {before: []ledger.BatchDecision{ledger.ConfirmBatch}, decide: ledger.DeclineBatch, state: ledger.Running, not: true},
			"yes after no":      {before: []ledger.BatchDecision{ledger.DeclineBatch}, decide: ledger.ConfirmBatch, state: ledger.Declined, not: true},
			"pause before yes":  {decide: ledger.PauseBatch, state: ledger.Proposed, not: true},
			"pause":             {before: []ledger.BatchDecision{ledger.ConfirmBatch}, decide: ledger.PauseBatch, state: ledger.Paused},
			"resume":            {before: []ledger.BatchDecision{ledger.ConfirmBatch, ledger.PauseBatch}, decide: ledger.ResumeBatch, state: ledger.Running},
			"resume what runs":  {before: []ledger.BatchDecision{ledger.ConfirmBatch}, decide: ledger.ResumeBatch, state: ledger.Running, not: true},
			"stop":              {before: []ledger.BatchDecision{ledger.ConfirmBatch}, decide: ledger.StopBatch, state: ledger.Stopped},
			"stop while paused": {before: []ledger.BatchDecision{ledger.ConfirmBatch, ledger.PauseBatch}, decide: ledger.StopBatch, state: ledger.Stopped},
			"resume after stop": {before: []ledger.BatchDecision{ledger.ConfirmBatch, ledger.StopBatch}, decide: ledger.ResumeBatch, state: ledger.Stopped, not: true},
		} {
			b := proposed(t, l, name, 1)
			for _, d := range test.before {
				decide(t, l, b.ID, d)
			}
			after, changed, err := l.DecideBatch(t.Context(), b.ID, test.decide, "U2", ledger.Limits{})
			assert.NilError(t, err, name)
			assert.Equal(t, after.State, test.state, name)
			assert.Equal(t, changed, !test.not, name)
			kept, err := l.Batch(t.Context(), b.ID)
			assert.NilError(t, err)
			assert.Equal(t, kept.PausedAt.IsZero(), test.state != ledger.Paused, name)
			assert.Assert(t, kept.PausedAt.Equal(after.PausedAt.Truncate(time.Microsecond)), name)
		}
		_, _, err := l.DecideBatch(t.Context(), "no such batch", ledger.ConfirmBatch, "U1", ledger.Limits{})
		assert.ErrorIs(t, err, ledger.ErrNotFound)
	})
}

func TestABatchThatIsPausedAndResumed(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		const chats = 200
		l := open(t, url)
		b := proposed(t, l, "D1", chats)
		r := &remover{l: l}
		var once sync.Once
		r.after = func() {
			if r.chats() >= 20 {
				once.Do(func() { decide(t, l, b.ID, ledger.PauseBatch) })
			}
		}
		start(t, l, ledger.Workers{Try: r.try})
		decide(t, l, b.ID, ledger.ConfirmBatch)
		_, p := untilBatch(t, l, b.ID, func(b ledger.Batch, _ ledger.Progress) bool { return b.State == ledger.Paused })
		assert.Assert(t, p.States[ledger.Removed] < chats)
		settled := r.chats()
		poll.WaitOn(t, func(poll.LogT) poll.Result { // what was under way ends
			if now := r.chats(); now != settled {
				settled = now
				return poll.Continue("still going on")
			}
			return poll.Success()
		}, poll.WithDelay(200*time.Millisecond))
		assert.Assert(t, settled < chats)

		stop(t, l) // and it goes on where it was, in the next process
		start(t, l, ledger.Workers{Try: r.try})
		decide(t, l, b.ID, ledger.ResumeBatch)
		_, p = untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, p.States[ledger.Removed], chats)
		for chat, times := range r.removed {
			assert.Equal(t, times, 1, chat)
		}
	})
}

func TestABatchThatIsStopped(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		b := proposed(t, l, "D1", 200)
		var tried sync.Map
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			request, err := l.Request(ctx, id)
			if err != nil || request.State.Final() {
				return 0, err
			}
			if request.Tries == 0 && request.ChatID == chatNumber(1) { // its answer is awaited when the stop comes
				request.Tries, request.MayHaveReached = 1, true
				_, err = l.Save(ctx, request, ledger.Change{Cause: "asking"})
				tried.Store("first", true)
				return 0, err
			}
			return time.Hour, nil
		}})
		decide(t, l, b.ID, ledger.ConfirmBatch)
		untilBatch(t, l, b.ID, func(ledger.Batch, ledger.Progress) bool {
			_, ok := tried.Load("first")
			return ok
		})
		decide(t, l, b.ID, ledger.StopBatch)
		b, p := untilBatch(t, l, b.ID, func(_ ledger.Batch, p ledger.Progress) bool { return p.States[ledger.Accepted] == 1 })
		assert.Assert(t, b.Open(), "what may have reached Linq is waited for")
		assert.Assert(t, p.States[ledger.Cancelled] > 0)
		assert.Assert(t, p.NotAsked() > 0)

		results, err := l.BatchItems(t.Context(), b.ID, 0, 1)
		assert.NilError(t, err)
		last := results[0].Request
		last.State = ledger.Removed
		_, err = l.Save(t.Context(), last, ledger.Change{Cause: "seen", News: true})
		assert.NilError(t, err)
		b, _ = untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, b.State, ledger.Stopped)
	})
}

// Somebody asked for one of the removals before. It answers for the batch's, unless it comes to nothing.
func TestABatchAndSomebodyElsesRequest(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		under, asked := order("D1", "+14155550132"), order("D2", "+14155550132")
		under.ChatID, asked.ChatID = chatNumber(1), chatNumber(2)
		asked.ConfirmFor = time.Minute
		underWay := accept(t, l, under)[0].Request
		accept(t, l, asked)
		b := proposed(t, l, "D3", 3)
		r := &remover{l: l}
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			if id == underWay.ID {
				return 10 * time.Millisecond, nil // until the end of the test
			}
			return r.try(ctx, id)
		}})
		decide(t, l, b.ID, ledger.ConfirmBatch)
		untilBatch(t, l, b.ID, func(_ ledger.Batch, p ledger.Progress) bool {
			return p.States[ledger.Removed] == 1 && p.States[ledger.Accepted] == 1 && p.States[ledger.Asked] == 1
		})
		_, _, err := l.Decide(t.Context(), "D2", false, "cancelled")
		assert.NilError(t, err)
		untilBatch(t, l, b.ID, func(_ ledger.Batch, p ledger.Progress) bool { return p.States[ledger.Removed] == 2 })
		_, err = r.try(t.Context(), underWay.ID)
		assert.NilError(t, err)
		_, p := untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, p.States[ledger.Removed], 3)
	})
}

func TestABatchThatNobodyConfirms(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		b, _, err := l.AcceptBatch(t.Context(), batchOrder("D1"))
		assert.NilError(t, err)
		_, err = l.Propose(t.Context(), b.ID, ledger.Plan{Items: items(3), AskFor: time.Millisecond})
		assert.NilError(t, err)
		start(t, l, ledger.Workers{})
		b, _ = untilBatch(t, l, b.ID, hasEnded)
		assert.Equal(t, b.State, ledger.Declined)
		_, changed, err := l.DecideBatch(t.Context(), b.ID, ledger.ConfirmBatch, "U1", ledger.Limits{})
		assert.NilError(t, err)
		assert.Assert(t, !changed)
	})
}

func TestPlansThatRunNothing(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		for state, test := range map[ledger.BatchState]struct {
			dryRun bool
			plan   ledger.Plan
		}{
			ledger.Unplanned: {plan: ledger.Plan{Trouble: "not_answering"}},
			ledger.DryRun:    {dryRun: true, plan: ledger.Plan{Items: items(2)}},
			ledger.Finished:  {plan: ledger.Plan{}},
		} {
			order := batchOrder(string(state))
			order.DryRun = test.dryRun
			b, _, err := l.AcceptBatch(t.Context(), order)
			assert.NilError(t, err)
			b, err = l.Propose(t.Context(), b.ID, test.plan)
			assert.NilError(t, err)
			assert.Equal(t, b.State, state)
			assert.Assert(t, !b.Open())
		}
	})
}
