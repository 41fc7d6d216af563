package jobs

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/outage"
	"linqbot/ledger/internal/store"
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

type storeAlone struct {
	store.Store
	alone bool
}

func (s storeAlone) Alone() bool { return s.alone }

// Where nobody else writes, a sweep is due when something is. Where others do, they may leave work behind at any time.
func TestWhenTheNextSweepIsDue(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, test := range []struct {
		name  string
		alone bool
		left  leftOver
		err   error
		want  time.Duration
	}{
		{name: "others write too", left: leftOver{showBy: now.Add(time.Hour)}, want: sweepEvery},
		{name: "nothing is left", alone: true, want: sweepAlone},
		{name: "something is due soon", alone: true, left: leftOver{showBy: now.Add(time.Millisecond)}, want: time.Millisecond},
		{name: "something is due tomorrow", alone: true, left: leftOver{showBy: now.Add(24 * time.Hour)}, want: sweepAlone},
		{name: "no room to show", alone: true, left: leftOver{showBy: now.Add(-time.Hour)}, want: sweepEvery},
		{name: "no room for what is accepted", alone: true, left: leftOver{accepted: true}, want: sweepEvery},
		{name: "the store does not answer", alone: true, err: errors.New("disk I/O error"), want: sweepEvery},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clock := func() time.Time { return now }
			d := NewDispatcher(DispatcherConfig{Store: storeAlone{alone: test.alone}, Now: clock, Lost: outage.New(nil, clock)})
			assert.Equal(t, d.pause(test.left, test.err), test.want)
		})
	}
}

// However many requests there are, a sweep that has nothing to do reads none of them.
func TestASweepLooksByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		plan := storetest.Plan(t, s, selectLeft)
		for _, index := range []string{"requests_not_handed_over", "requests_show_by"} {
			assert.Assert(t, strings.Contains(plan, index), "%s", plan)
		}
	})
}
