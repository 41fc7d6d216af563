//go:build unix

package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// Primary and standby change their roles, and the name leads to the old primary until all connections are new and go
// there. Once the name leads to the new one, commands are taken and carried out.
func TestASwitchover(t *testing.T) {
	t.Parallel()
	old := ledgertest.NewServer(t)
	standby := ledgertest.NewStandby(t, old)
	name := ledgertest.NewProxy(t, old.URL)
	l := open(t, name.URL)
	startRefusing(t, l)
	carriesOut(t, l, "before")

	assert.NilError(t, old.Stop(ledgertest.Fast))
	assert.NilError(t, standby.Promote())
	assert.NilError(t, old.Follow(standby))
	for n := range 5 { // they find a server again, which takes nothing
		ctx, cancel := context.WithTimeout(t.Context(), 2200*time.Millisecond)
		_, err := l.Accept(ctx, []ledger.Order{order(fmt.Sprint("during", n), "+14155550132")})
		cancel()
		assert.ErrorIs(t, err, ledger.ErrNotRecorded)
	}
	assert.Assert(t, l.Ready(t.Context()) != nil)
	_, err := ledger.Open(t.Context(), ledger.Config{URL: old.URL, Logger: quiet()})
	assert.ErrorContains(t, err, "name the primary server in DATABASE_URL")
	assert.NilError(t, name.LeadTo(standby.URL))
	awaitReady(t, l)
	carriesOut(t, l, "after")
}

// A server is switched to read-only mode and back while the connections stay.
func TestAServerThatIsReadOnlyForATime(t *testing.T) {
	t.Parallel()
	server := ledgertest.NewServer(t)
	l := open(t, server.URL)
	startRefusing(t, l)
	carriesOut(t, l, "before")
	readOnly := func(is string) {
		execute(t, server.URL, "ALTER SYSTEM SET default_transaction_read_only = "+is)
		execute(t, server.URL, "SELECT pg_reload_conf()")
	}
	readOnly("on")
	await(t, "a command to be refused", func() bool {
		_, err := l.Accept(t.Context(), []ledger.Order{order("during", "+14155550133")})
		return errors.Is(err, ledger.ErrNotRecorded)
	})
	await(t, "the ledger not to be ready", func() bool { return l.Ready(t.Context()) != nil })
	readOnly("off")
	awaitReady(t, l)
	carriesOut(t, l, "after")
}

func startRefusing(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
		return 0, end(ctx, l, id, ledger.Refused)
	}})
}

// carriesOut has a command carried out.
func carriesOut(t *testing.T, l *ledger.Ledger, delivery string) {
	t.Helper()
	id := accept(t, l, order(delivery, "+14155550132"))[0].Request.ID
	began := time.Now()
	await(t, "a command to be carried out", func() bool {
		r, err := l.Request(t.Context(), id)
		return err == nil && r.State == ledger.Refused
	})
	t.Logf("%s: carried out after %s", delivery, time.Since(began).Round(time.Millisecond))
}

func awaitReady(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	began := time.Now()
	await(t, "the ledger to be ready", func() bool { return l.Ready(t.Context()) == nil })
	t.Logf("ready after %s", time.Since(began).Round(time.Millisecond))
}
