//go:build unix

package ledger_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/ledger/database"
	"linqbot/ledger/ledgertest"
)

// Through a pooler that keeps sessions all goes as without one, whatever it is told to ignore of what a session sets.
func TestAPoolerOfSessions(t *testing.T) {
	t.Parallel()
	for name, ignore := range map[string][]string{
		"as it comes": nil,
		"ignoring": {"ignore_startup_parameters = synchronous_commit, idle_in_transaction_session_timeout, " +
			"tcp_keepalives_idle, tcp_keepalives_interval, tcp_keepalives_count"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := ledgertest.NewPgBouncer(t, ledgertest.NewServer(t), "session", ignore...)
			there, err := database.CheckWritable(t.Context(), at)
			assert.NilError(t, err)
			assert.Assert(t, !there)
			l := open(t, at)
			tried := make(chan string, 1)
			start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
				tried <- id
				return 0, end(ctx, l, id, ledger.Refused)
			}})
			id := accept(t, l, order("d1", "+14155550132"))[0].Request.ID
			assert.Equal(t, <-tried, id)
			await(t, "the end", func() bool { return state(t, l, id) == ledger.Refused })

			there, err = database.CheckWritable(t.Context(), at)
			assert.NilError(t, err)
			assert.Assert(t, there)
			reader, err := ledger.OpenReader(t.Context(), at)
			assert.NilError(t, err)
			summary, err := backlog.Summarize(t.Context(), reader)
			assert.NilError(t, err)
			assert.Equal(t, summary.Open, 0)
			assert.NilError(t, reader.Close())
		})
	}
}

// A pooler that works by transactions is refused, while it has much to do and while it has nothing: commands would be
// acknowledged, and none carried out.
func TestAPoolerOfTransactions(t *testing.T) {
	t.Parallel()
	server := ledgertest.NewServer(t)
	for _, test := range []struct {
		name, mode string
		more       []string
		busy       bool
	}{
		{name: "transactions", mode: "transaction"},
		{name: "transactions, busy", mode: "transaction", busy: true},
		{name: "transactions, in turn", mode: "transaction", more: []string{"server_round_robin = 1"}, busy: true},
		{name: "transactions, one session", mode: "transaction", more: []string{"default_pool_size = 1"}},
		{name: "statements", mode: "statement"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			at := ledgertest.NewPgBouncer(t, server, test.mode, test.more...)
			if test.busy {
				keepBusy(t, at)
			}
			_, err := ledger.Open(t.Context(), ledger.Config{URL: at, Logger: quiet()})
			assert.ErrorContains(t, err, "session mode")
			_, err = database.CheckWritable(t.Context(), at)
			assert.ErrorContains(t, err, "session mode")
			_, err = ledger.OpenReader(t.Context(), at)
			assert.ErrorContains(t, err, "session mode")
		})
	}
}

// keepBusy has others use the pooler for as long as the test runs.
func keepBusy(t *testing.T, at string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var others sync.WaitGroup
	for range 3 {
		config, err := pgx.ParseConfig(at)
		assert.NilError(t, err)
		config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
		db, err := pgx.ConnectConfig(ctx, config)
		assert.NilError(t, err)
		others.Go(func() {
			defer func() { _ = db.Close(context.WithoutCancel(ctx)) }()
			for ctx.Err() == nil {
				_, _ = db.Exec(ctx, `SELECT pg_sleep(0.002)`) // it ends with the test
			}
		})
	}
	t.Cleanup(func() {
		cancel()
		others.Wait()
	})
}
