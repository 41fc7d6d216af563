package bottest

import (
	"context"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
)

func openLedger(t *testing.T, logger *logrus.Logger, now func() time.Time) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Config{URL: migrated.SQLite(t), Logger: logger, Now: now})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.Check(t, l.Close()) })
	return l
}

// StartLedger has the jobs run. Those that are not given do nothing: the test runs what it wants to
// see itself.
func StartLedger(t *testing.T, l *ledger.Ledger, workers ledger.Workers) {
	t.Helper()
	for _, step := range []*ledger.Step{&workers.Try, &workers.Confirm, &workers.Show, &workers.Execute} {
		if *step == nil {
			*step = func(context.Context, string) (time.Duration, error) { return 0, nil }
		}
	}
	assert.NilError(t, l.Start(t.Context(), workers))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		assert.Check(t, l.Stop(ctx))
	})
}
