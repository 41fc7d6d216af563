package ledger_test

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// confirmed returns a batch of so many chats that runs, and whose first requests are made.
func confirmed(t testing.TB, l *ledger.Ledger, delivery string, count int) ledger.Batch {
	t.Helper()
	b := decide(t, l, proposed(t, l, delivery, count).ID, ledger.ConfirmBatch)
	assert.NilError(t, l.FeedOnce(t.Context(), b))
	return b
}

func firstRequest(t testing.TB, l *ledger.Ledger, b ledger.Batch) ledger.Request {
	t.Helper()
	results, err := l.BatchItems(t.Context(), b.ID, 0, 1)
	assert.NilError(t, err)
	return results[0].Request
}

func progress(t testing.TB, l *ledger.Ledger, b ledger.Batch) ledger.Progress {
	t.Helper()
	p, err := l.Progress(t.Context(), b.ID)
	assert.NilError(t, err)
	return p
}

// The job that feeds a batch may have read it before somebody paused or stopped it.
func TestNoRequestsAreMadeForABatchThatIsHeldMeanwhile(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		for _, d := range []ledger.BatchDecision{ledger.PauseBatch, ledger.StopBatch} {
			before := decide(t, l, proposed(t, l, string(d), 3).ID, ledger.ConfirmBatch)
			decide(t, l, before.ID, d)
			assert.NilError(t, l.FeedOnce(t.Context(), before))
			assert.Equal(t, progress(t, l, before).NotAsked(), 3, "%s", d)
		}
	})
}

// Two replicas may feed the same batch side by side.
func TestABatchThatIsFedTwice(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		const chats = 50
		l := open(t, url)
		b := decide(t, l, proposed(t, l, "D1", chats).ID, ledger.ConfirmBatch)
		fed := make(chan error)
		for range 4 {
			go func() { fed <- l.FeedOnce(t.Context(), b) }()
		}
		for range 4 {
			assert.NilError(t, <-fed)
		}
		assert.Equal(t, progress(t, l, b).States[ledger.Accepted], chats)
		rows, err := l.Count(t.Context(), "requests")
		assert.NilError(t, err)
		assert.Equal(t, rows["requests"], chats)
	})
}

// A try reads the chat before it stores that it asks Linq. Somebody may pause or stop the batch in between.
func TestNothingIsTriedOnceABatchIsHeld(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		for _, d := range []ledger.BatchDecision{ledger.PauseBatch, ledger.StopBatch} {
			b := confirmed(t, l, string(d), 1)
			loaded := firstRequest(t, l, b)
			decide(t, l, b.ID, d)
			loaded.Tries, loaded.MayHaveReached = 1, true
			_, err := l.Save(t.Context(), loaded, ledger.Change{Cause: "asking"})
			assert.ErrorIs(t, err, ledger.ErrStale, "%s", d)
			if d == ledger.PauseBatch {
				assert.Assert(t, firstRequest(t, l, b).Held)
				decide(t, l, b.ID, ledger.StopBatch)
			}
		}
	})
}

// What Linq answers to a try that was under way is kept, whatever was decided meanwhile.
func TestTheAnswerToATryIsKeptAlthoughTheBatchIsHeld(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		b := confirmed(t, l, "D1", 1)
		asking := firstRequest(t, l, b)
		asking.Tries, asking.MayHaveReached = 1, true
		asking, err := l.Save(t.Context(), asking, ledger.Change{Cause: "asking"})
		assert.NilError(t, err)
		decide(t, l, b.ID, ledger.PauseBatch)
		asking.State = ledger.Removed
		_, err = l.Save(t.Context(), asking, ledger.Change{Cause: "seen", News: true})
		assert.NilError(t, err)
		assert.Equal(t, progress(t, l, b).States[ledger.Removed], 1)
	})
}

// Linq turned a try down for the moment, before or after the stop. Nothing of it can have had an effect, so it is not
// tried again.
func TestAStopCancelsWhatIsBetweenTwoTries(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"before the stop": false, "after the stop": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgertest.OnEachStore(t, func(t *testing.T, url string) {
				l := open(t, url)
				b := confirmed(t, l, "D1", 1)
				asking := firstRequest(t, l, b)
				asking.Tries, asking.MayHaveReached = 1, true
				asking, err := l.Save(t.Context(), asking, ledger.Change{Cause: "asking"})
				assert.NilError(t, err)
				turnDown := func() {
					asking.MayHaveReached, asking.NextTryAt = false, time.Now().Add(time.Minute)
					_, err = l.Save(t.Context(), asking, ledger.Change{Cause: "Linq answered 429", News: true})
					assert.NilError(t, err)
				}
				if !late {
					turnDown()
				}
				decide(t, l, b.ID, ledger.StopBatch)
				if late {
					turnDown()
				}
				start(t, l, ledger.Workers{})
				_, p := untilBatch(t, l, b.ID, hasEnded)
				assert.Equal(t, p.States[ledger.Cancelled], 1)
			})
		})
	}
}

// Requests that wait for their next try keep no others from theirs.
func TestABatchIsFedWhileMuchOfItWaitsForLinq(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		b := confirmed(t, l, "D1", 100)
		results, err := l.BatchItems(t.Context(), b.ID, 0, 100)
		assert.NilError(t, err)
		for _, each := range results {
			if r := each.Request; r.ID != "" {
				r.Tries, r.MayHaveReached = 1, true
				_, err := l.Save(t.Context(), r, ledger.Change{Cause: "asking"})
				assert.NilError(t, err)
			}
		}
		assert.NilError(t, l.FeedOnce(t.Context(), b))
		assert.Equal(t, progress(t, l, b).NotAsked(), 0)
	})
}

// Somebody else's question answers for an item until it is declined, which may be at any moment.
func TestABatchDoesNotEndWithAnItemThatNobodyAnswersFor(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		asked := order("D1", "+14155550132")
		asked.ChatID, asked.ConfirmFor = chatNumber(1), time.Minute
		accept(t, l, asked)
		b := confirmed(t, l, "D2", 1)
		assert.Equal(t, progress(t, l, b).States[ledger.Asked], 1)
		_, _, err := l.Decide(t.Context(), "D1", false, "cancelled")
		assert.NilError(t, err)
		ended, err := l.EndBatch(t.Context(), b)
		assert.NilError(t, err)
		assert.Assert(t, !ended)
		assert.NilError(t, l.FeedOnce(t.Context(), b))
		assert.Equal(t, progress(t, l, b).States[ledger.Accepted], 1)
	})
}

// A batch may be paused for longer than requests are kept.
func TestTheRequestsOfAnOpenBatchAreKept(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		b := confirmed(t, l, "D1", 2)
		assert.NilError(t, end(t.Context(), l, firstRequest(t, l, b).ID, ledger.Removed))
		decide(t, l, b.ID, ledger.PauseBatch)
		gone, err := l.Prune(t.Context(), time.Now().Add(time.Hour))
		assert.NilError(t, err)
		assert.Equal(t, gone, int64(0))
		assert.Equal(t, progress(t, l, b).States[ledger.Removed], 1)
	})
}
