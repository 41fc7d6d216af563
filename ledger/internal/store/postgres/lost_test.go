package postgres

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
)

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
