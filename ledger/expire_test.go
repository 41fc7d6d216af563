package ledger

import (
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/ledgertest"
)

// However many questions have expired, one transaction cancels a batch of them, so that accepting
// waits for no more than that.
func TestQuestionsExpireInBatches(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		logger := logrus.New()
		logger.SetOutput(io.Discard)
		told := 0
		l, err := Open(t.Context(), Config{URL: url, Logger: logger, Changed: func(change Transition) {
			assert.Check(t, change.Before == Asked && change.Request.State == Cancelled)
			told++
		}})
		assert.NilError(t, err)
		t.Cleanup(func() { assert.Check(t, l.Close()) })
		const old, open = 2*expireBatchSize + 1, 1
		insert := func(from, to int, expires time.Time) {
			_, err := l.store.Writer().Exec(t.Context(), fmt.Sprintf(`
				WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
				INSERT INTO requests (id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
					handle_key, state, accepted_at, ended_at, thread_ts, expires_at, undoes, handed_over)
				SELECT 'r' || i, 'd' || i, 'remove', 'command', 'T1', 'C1', 'U1', '', '', 'c' || i, 'h', 'h',
					'asked', 1, 0, '', %d, '', TRUE FROM n`, from, to, store.Micros(expires)))
			assert.NilError(t, err)
		}
		insert(1, old, time.Now().Add(-time.Hour))
		insert(old+1, old+open, time.Now().Add(time.Hour))
		for _, want := range []int{expireBatchSize, expireBatchSize, 1, 0} {
			before, err := l.Count(t.Context(), "history")
			assert.NilError(t, err)
			expired, _, err := l.expireQuestions(t.Context())
			assert.NilError(t, err)
			assert.Equal(t, expired, want)
			after, err := l.Count(t.Context(), "history")
			assert.NilError(t, err)
			assert.Equal(t, after["history"]-before["history"], want)
		}
		assert.Equal(t, told, old)
		var left int
		assert.NilError(t, l.store.Reader().QueryRow(t.Context(), `SELECT COUNT(*) FROM requests WHERE `+store.UnderWay).Scan(&left))
		assert.Equal(t, left, open)
	})
}
