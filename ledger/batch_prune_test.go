package ledger_test

import (
	"context"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// A batch goes with its last request, and with all that belongs to it.
func TestPruneBatches(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{
			Try: func(ctx context.Context, id string) (time.Duration, error) {
				return 0, end(ctx, l, id, ledger.Removed)
			},
			Plan: nothing, ShowBatch: nothing,
		})
		ended, open := propose(t, l, "ended"), propose(t, l, "open")
		_, changed, err := l.DecideBatch(t.Context(), ended.ID, ledger.ConfirmBatch, "U1", ledger.Limits{})
		assert.NilError(t, err)
		assert.Assert(t, changed)
		await(t, "the end of the batch", func() bool {
			b, err := l.Batch(t.Context(), ended.ID)
			return err == nil && !b.Open()
		})
		for _, id := range []string{ended.ID, open.ID} {
			assert.NilError(t, l.SaveThread(t.Context(), ledger.Thread{Delivery: id, Route: ledger.InThread}))
			assert.NilError(t, l.SaveBatchMessage(t.Context(), id, "report", ledger.Posting{TS: "1.2"}))
		}
		rows := func() map[string]int {
			rows, err := l.Count(t.Context(), "batches", "batch_items", "batch_history", "batch_messages", "threads", "requests")
			assert.NilError(t, err)
			return rows
		}

		gone, err := l.Prune(t.Context(), time.Now().Add(-time.Hour))
		assert.NilError(t, err)
		assert.Equal(t, gone, int64(0))
		assert.DeepEqual(t, rows(), map[string]int{
			"batches": 2, "batch_items": 4, "batch_history": 6, "batch_messages": 2, "threads": 2, "requests": 2,
		})
		// One of its requests is not that old.
		assert.NilError(t, l.Exec(t.Context(), `UPDATE requests SET ended_at = ended_at + 7200000000 WHERE id = (SELECT MIN(id) FROM requests)`))
		gone, err = l.Prune(t.Context(), time.Now().Add(time.Hour))
		assert.NilError(t, err)
		assert.Equal(t, gone, int64(1)) // the other request
		gone, err = l.Prune(t.Context(), time.Now().Add(3*time.Hour))
		assert.NilError(t, err)
		assert.Equal(t, gone, int64(2))
		assert.DeepEqual(t, rows(), map[string]int{
			"batches": 1, "batch_items": 2, "batch_history": 2, "batch_messages": 1, "threads": 1, "requests": 0,
		})
	})
}

// propose returns a batch of two removals that waits for a yes.
func propose(t *testing.T, l *ledger.Ledger, delivery string) ledger.Batch {
	t.Helper()
	handle := ledger.NewSecret("+14155550132")
	b, fresh, err := l.AcceptBatch(t.Context(), ledger.BatchOrder{
		Delivery: delivery, Job: ledger.Offboard, Kind: ledger.Remove, Source: ledger.SlashCommand,
		TeamID: "T1", ChannelID: "C1", UserID: "U1", Handles: []ledger.Secret{handle}, Asks: true,
	})
	assert.NilError(t, err)
	assert.Assert(t, fresh)
	items := []ledger.BatchItem{{Position: 1, ChatID: "c1-" + delivery, Handle: handle}, {Position: 2, ChatID: "c2-" + delivery, Handle: handle}}
	b, err = l.Propose(t.Context(), b.ID, ledger.Plan{Items: items, AskFor: time.Minute})
	assert.NilError(t, err)
	return b
}

// What is on offer for a day is taken away by a showing after it.
func TestABatchIsShownOnceMoreAfterADay(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Plan: nothing, ShowBatch: func(ctx context.Context, id string) (time.Duration, error) {
			b, err := l.Batch(ctx, id)
			if err != nil || b.Open() {
				return 10 * time.Millisecond, err
			}
			return 0, l.MarkBatchShown(ctx, id)
		}})
		b := propose(t, l, "one")
		isShown := func() bool {
			b, err := l.Batch(t.Context(), b.ID)
			return err == nil && b.Shown
		}
		_, _, err := l.DecideBatch(t.Context(), b.ID, ledger.DeclineBatch, "U1", ledger.Limits{})
		assert.NilError(t, err)
		await(t, "the end to be shown", isShown)
		assert.NilError(t, l.Exec(t.Context(), `UPDATE batches SET shown = FALSE, ended_at = ended_at - 86400000000`))
		await(t, "another showing", isShown)
	})
}
