package ledger_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

// logged keeps lines of several writers.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// All parts of River and of the ledger notice that the database is away; the log is told twice.
func TestTheLogOfAnOutageOfPostgres(t *testing.T) {
	t.Parallel()
	way := ledgertest.NewProxy(t, ledgertest.Postgres(t))
	var said logged
	logger := logrus.New()
	logger.SetOutput(&said)
	l, err := ledger.Open(t.Context(), ledger.Config{URL: way.URL, Logger: logger})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, l.Close()) })
	start(t, l, ledger.Workers{})
	way.Lose()
	await(t, "the outage", func() bool { return strings.Contains(said.String(), "the ledger does not answer") })
	await(t, "River to notice as well", func() bool { return l.LeftOut() > 20 })
	assert.ErrorIs(t, l.Ready(t.Context()), ledger.ErrOutage)
	way.Restore()
	await(t, "the end", func() bool { return strings.Contains(said.String(), "the ledger answers again") })
	assert.NilError(t, l.Ready(t.Context()))
	assert.Equal(t, strings.Count(said.String(), "\n"), 2, said.String())
}
