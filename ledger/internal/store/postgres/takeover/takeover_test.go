package takeover_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store/postgres/takeover"
	"linqbot/ledger/internal/store/storetest"
	"linqbot/ledger/ledgertest"
)

const (
	sameServer  = "pg_postmaster_start_time()"
	otherServer = "pg_postmaster_start_time() - interval '1 hour'"
)

// What becomes of jobs, of the leader and of the row of a process, by how long ago the process was found to be gone.
func TestWhatIsTakenOver(t *testing.T) {
	t.Parallel()
	url := ledgertest.Postgres(t)
	storetest.Open(t, url)
	db, err := pgxpool.New(t.Context(), url)
	assert.NilError(t, err)
	t.Cleanup(db.Close)
	run := func(statement string, args ...any) {
		t.Helper()
		_, err := db.Exec(t.Context(), statement, args...)
		assert.NilError(t, err)
	}
	text := func(query string, args ...any) (found string) {
		t.Helper()
		assert.NilError(t, db.QueryRow(t.Context(), query, args...).Scan(&found))
		return found
	}
	job := func(kind, state, scheduled, by string) {
		t.Helper()
		run(fmt.Sprintf(`INSERT INTO river_job (kind, state, args, max_attempts, scheduled_at, attempted_by)
			VALUES ($1, '%s', '{}', 5, now() + interval '%s', ARRAY[$2])`, state, scheduled), kind, by)
	}
	for _, test := range []struct {
		name   string
		gone   string // how long ago; "" while it lives
		server string // that it was on

		running, due, leader string
		known                bool
	}{
		{"it lives", "", sameServer, "running", "scheduled", "it leads", true},
		{"just now", "0.2 seconds", sameServer, "running", "available", "it leads", true},
		{"a moment ago", "1.5 seconds", sameServer, "available", "available", "nobody leads", true},
		{"a moment ago, on another server", "3 seconds", otherServer, "running", "available", "it leads", true},
		{"a while ago, on another server", "6 seconds", otherServer, "available", "available", "nobody leads", true},
		{"since there should be a leader again", "31 seconds", sameServer, "available", "scheduled", "it leads", true},
		{"an hour ago", "61 minutes", sameServer, "available", "scheduled", "it leads", false},
	} {
		run(`TRUNCATE river_job, river_leader, processes`)
		run(`INSERT INTO processes (client_id, server, gone_at) VALUES ('it', `+test.server+`, now() - $1::text::interval)`, orNull(test.gone))
		run(`INSERT INTO river_leader (leader_id, elected_at, expires_at) VALUES ('it', now(), now() + interval '10 seconds')`)
		job("running", "running", "0", "it")
		job("of another", "running", "0", "another")
		job("due", "scheduled", "-1 second", "it")
		job("due again", "retryable", "-1 second", "it")
		job("later", "scheduled", "1 minute", "it")
		job("later again", "retryable", "1 minute", "it")

		if test.gone == "" {
			assert.NilError(t, takeover.WhileItLives(t.Context(), db, "it"))
		} else {
			assert.NilError(t, takeover.TakeOver(t.Context(), db))
		}
		state := func(kind string) string { return text(`SELECT state FROM river_job WHERE kind = $1`, kind) }
		assert.Equal(t, state("running"), test.running, test.name)
		assert.Equal(t, state("of another"), "running", test.name)
		assert.Equal(t, state("due"), test.due, test.name)
		dueAgain := test.due
		if dueAgain == "scheduled" {
			dueAgain = "retryable"
		}
		assert.Equal(t, state("due again"), dueAgain, test.name)
		assert.Equal(t, state("later"), "scheduled", test.name)
		assert.Equal(t, state("later again"), "retryable", test.name)
		assert.Equal(t, text(`SELECT COALESCE(MIN('it leads'), 'nobody leads') FROM river_leader`), test.leader, test.name)
		assert.Equal(t, text(`SELECT COUNT(*)::text FROM processes`) == "1", test.known, test.name)
	}
}

func orNull(interval string) any {
	if interval == "" {
		return nil
	}
	return interval
}
