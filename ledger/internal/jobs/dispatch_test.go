package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store/storetest"
	"linqbot/ledger/ledgertest"
)

// What another replica is about to take is left to it: this one waits for its next sweep.
func TestASweepEndsWhereAnotherReplicaHasTheRows(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	s := storetest.Open(t, at)
	storetest.Exec(t, s, `
		INSERT INTO requests (id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
			handle_key, state, accepted_at, thread_ts, expires_at, undoes, handed_over, show_by)
		VALUES ('r1', 'd1', 'remove', 'command', 'T1', 'C1', 'U1', '', '', 'c1', 'h', 'h', 'accepted', 1, '', 0, '', FALSE, 1)`)

	other, err := pgx.Connect(t.Context(), at)
	assert.NilError(t, err)
	defer func() { _ = other.Close(t.Context()) }()
	_, err = other.Exec(t.Context(), `BEGIN`)
	assert.NilError(t, err)
	_, err = other.Exec(t.Context(), `SELECT * FROM requests FOR UPDATE`)
	assert.NilError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	d := NewDispatcher(DispatcherConfig{Store: s, Now: time.Now})
	left, err := d.sweep(ctx)
	assert.NilError(t, err)
	assert.Assert(t, !left.accepted, "there is room for what is accepted now")
}
