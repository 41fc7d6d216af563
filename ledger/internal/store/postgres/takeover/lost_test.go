package takeover_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store/postgres/connect"
	"linqbot/ledger/internal/store/postgres/takeover"
	"linqbot/ledger/internal/store/storetest"
	"linqbot/ledger/ledgertest"
)

// The server lets go sooner of the lock that says who runs jobs, so that others take over what a machine ran that is gone.
func TestTheServerLetsGoOfALostOwner(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	storetest.Open(t, at)
	config, err := connect.Config(at)
	assert.NilError(t, err)
	for name, want := range map[string]string{
		"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3", "tcp_user_timeout": "10000",
	} {
		is, err := takeover.SettingOfOwner(t.Context(), config.ConnConfig, name)
		assert.NilError(t, err)
		assert.Equal(t, is, want, name)
	}
}
