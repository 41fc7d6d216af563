package takeover_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store/postgres/connect"
	"linqbot/ledger/internal/store/postgres/takeover"
	"linqbot/ledger/internal/store/storetest"
	"linqbot/ledger/ledgertest"
)

// The server frees the lock that says who runs jobs sooner than others, so that the jobs of a machine that is gone are
// taken over.
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
