package ledger_test

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// What has ended goes with all that belongs to it; what has not stays, with the thread that it shares.
func TestPrune(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := audited(t, url)
		both := accept(t, l, order("both", "+14155550198"), question("both", "+14155550199"))
		ended, open := both[0].Request, both[1].Request
		await(t, "the end of one of both", func() bool { return state(t, l, ended.ID) == ledger.Refused })
		_, err := l.Save(t.Context(), open, ledger.Change{Cause: "for a history"})
		assert.NilError(t, err)
		assert.NilError(t, l.SaveThread(t.Context(), ledger.Thread{Delivery: "both", Route: ledger.InThread}))
		assert.NilError(t, l.KeepWebhookEvent(t.Context(), ledger.WebhookEvent{EventID: "e1", Type: "participant.removed", ChatID: chat}))
		for _, id := range []string{"done", "not done"} {
			_, err := l.AcceptExecution(t.Context(), ledger.Execution{ID: id, EventID: id})
			assert.NilError(t, err)
		}
		assert.NilError(t, l.SaveExecution(t.Context(), ledger.Execution{ID: "done", DoneAt: time.Now()}))
		for _, statement := range []string{ // each request has a follower and a reply
			`INSERT INTO followers SELECT id, 'of ' || id, 'T1', 'C1', 'U2', '', 0, FALSE FROM requests`,
			`INSERT INTO replies (request_id, channel_id, ts, shown, posting_since, doubts) SELECT id, 'C1', '1.2', '', 0, 0 FROM requests`,
		} {
			assert.NilError(t, l.Exec(t.Context(), statement))
		}
		rows := func() map[string]int {
			t.Helper()
			rows, err := l.Count(t.Context(), "requests", "history", "followers", "replies", "threads", "executions", "sightings", "denials", "readings")
			assert.NilError(t, err)
			return rows
		}
		prune := func(before time.Time, want int64) {
			t.Helper()
			gone, err := l.Prune(t.Context(), before)
			assert.NilError(t, err)
			assert.Equal(t, gone, want)
		}

		before := rows()
		prune(time.Now().Add(-time.Hour), 0)
		assert.DeepEqual(t, rows(), before)

		prune(time.Now().Add(time.Hour), 4+2+2+1+1) // requests, denials, readings, the webhook event, the execution
		assert.DeepEqual(t, rows(), map[string]int{
			"requests": 1, "history": 1, "followers": 1, "replies": 1, "threads": 1, "executions": 1, "sightings": 0, "denials": 0, "readings": 0,
		})
		view, err := l.View(t.Context(), "both")
		assert.NilError(t, err)
		assert.Equal(t, view.Requests[0].ID, open.ID)
		assert.Equal(t, view.Thread.Route, ledger.InThread)

		_, _, err = l.Decide(t.Context(), "both", false, "no")
		assert.NilError(t, err)
		prune(time.Now().Add(time.Hour), 1)
		assert.DeepEqual(t, rows(), map[string]int{
			"requests": 0, "history": 0, "followers": 0, "replies": 0, "threads": 0, "executions": 1, "sightings": 0, "denials": 0, "readings": 0,
		})
	})
}
