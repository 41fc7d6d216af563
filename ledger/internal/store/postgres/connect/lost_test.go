package connect

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
)

// The server frees what a replica holds whose machine is gone.
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
			config, err := Config(at + test.extra)
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
