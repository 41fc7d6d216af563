package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
)

// What a replica holds whose machine is gone is let go of by the server.
func TestTheServerLetsGoOfTheLost(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	join := "?"
	if strings.Contains(at, "?") {
		join = "&"
	}
	for _, test := range []struct {
		name, extra                     string
		idle, after, interval, attempts string
	}{
		{name: "by default", idle: "10s", after: "15", interval: "5", attempts: "3"},
		{name: "as the URL says", extra: join + "idle_in_transaction_session_timeout=7s&tcp_keepalives_count=9", idle: "7s", after: "15", interval: "5", attempts: "9"},
		{name: "as the URL's options say", extra: join + "options=-c%20idle_in_transaction_session_timeout%3D7s", idle: "7s", after: "15", interval: "5", attempts: "3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			config, err := configOf(at + test.extra)
			assert.NilError(t, err)
			db, err := pgx.ConnectConfig(t.Context(), config.ConnConfig)
			assert.NilError(t, err)
			defer func() { _ = db.Close(t.Context()) }()
			for name, want := range map[string]string{
				"idle_in_transaction_session_timeout": test.idle, "tcp_keepalives_idle": test.after,
				"tcp_keepalives_interval": test.interval, "tcp_keepalives_count": test.attempts,
			} {
				var is string
				assert.NilError(t, db.QueryRow(t.Context(), "SHOW "+name).Scan(&is))
				assert.Equal(t, is, want, name)
			}
		})
	}
}

// The server lets go sooner of the lock that says who runs jobs, so that others take over what a machine ran that is gone.
func TestTheServerLetsGoOfALostOwner(t *testing.T) {
	t.Parallel()
	p, err := Open(t.Context(), ledgertest.Postgres(t))
	assert.NilError(t, err)
	defer func() { _ = p.Close() }()
	o, err := newOwner(t.Context(), p.riverConfig.ConnConfig)
	assert.NilError(t, err)
	defer o.release()
	for name, want := range map[string]string{
		"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "10000",
	} {
		var is string
		assert.NilError(t, o.session.QueryRow(t.Context(), "SHOW "+name).Scan(&is))
		assert.Equal(t, is, want, name)
	}
}

// The end of the process is not put off for a connection that does not come back.
func TestClosingWaitsForNoLostConnection(t *testing.T) {
	t.Parallel()
	p, err := Open(t.Context(), ledgertest.Postgres(t))
	assert.NilError(t, err)
	kept, err := p.work.Acquire(t.Context())
	assert.NilError(t, err)
	closed := make(chan error, 1)
	go func() { closed <- p.Close() }()
	select {
	case err := <-closed:
		assert.NilError(t, err)
	case <-time.After(20 * time.Second):
		t.Error("it still waits")
	}
	kept.Release()
}
