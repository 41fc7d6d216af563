package bottest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/database"
)

// emptyLedger is a file with the schema and nothing else. Making it anew would take most of the time
// of a test.
//
//nolint:gochecknoglobals // made once for all tests of a process
var emptyLedger = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "linqbot")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system tidies up what is left
	path := filepath.Join(dir, "ledger.db")
	if _, err := database.Migrate(context.Background(), "sqlite://"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func openLedger(t *testing.T, logger *logrus.Logger, now func() time.Time) *ledger.Ledger {
	t.Helper()
	empty, err := emptyLedger()
	assert.NilError(t, err)
	path := filepath.Join(t.TempDir(), "ledger.db")
	assert.NilError(t, os.WriteFile(path, empty, 0o600))
	l, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + path, Logger: logger, Now: now})
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
