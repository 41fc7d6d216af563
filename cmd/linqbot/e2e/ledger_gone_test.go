package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
)

// SQLite would go on with a file that has lost its name, and the next start would know nothing of what it took.
func TestALedgerThatIsTakenAway(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(ledger string) error{
		"deleted": os.Remove,
		"renamed": func(ledger string) error { return os.Rename(ledger, ledger+".old") },
		"replaced": func(ledger string) error {
			if err := os.WriteFile(ledger+".new", nil, 0o600); err != nil {
				return err
			}
			return os.Rename(ledger+".new", ledger)
		},
		"its -wal deleted":  func(ledger string) error { return os.Remove(ledger + "-wal") },
		"its -shm deleted":  func(ledger string) error { return os.Remove(ledger + "-shm") },
		"its -wal replaced": func(ledger string) error { return os.Rename(ledger+".lock", ledger+"-wal") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const ben = "+14155550133"
			env := newEnv(t, linqtest.Config{})
			b := env.start()
			env.remove(ann) // the file is open
			env.awaitOutcome("✅")
			assert.NilError(t, take(filepath.Join(env.dir, "ledger.db")))
			ack := env.remove(ben)
			assert.Assert(t, strings.Contains(ack.Text, "not recorded and nothing was done"), ack.Text)
			env.await("/readyz to say so", func() bool { return b.get("/readyz") == http.StatusServiceUnavailable })
			env.await("the log to say so", func() bool { return strings.Contains(b.Logs.String(), "deleted, moved or replaced") })
			assert.Equal(t, env.linq.Deletes(env.chat, ben), 0)
		})
	}
}

func TestALedgerThatIsPutBack(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	ledger := filepath.Join(env.dir, "ledger.db")
	assert.NilError(t, os.Rename(ledger, ledger+".old"))
	env.await("the bot not to be ready", func() bool { return b.get("/readyz") == http.StatusServiceUnavailable })
	assert.NilError(t, os.Rename(ledger+".old", ledger))
	env.await("the bot to be ready again", func() bool { return b.get("/readyz") == http.StatusOK })
	env.remove(ann)
	env.awaitOutcome("✅")
}

// What the deleted file held is still there for the process, which brings it into the ledger when it stops.
func TestALedgerWhoseNewestDataIsDeleted(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	env.remove(ann)
	env.awaitOutcome("✅")
	for _, beside := range []string{"-wal", "-shm"} {
		assert.NilError(t, os.Remove(filepath.Join(env.dir, "ledger.db"+beside)))
	}
	env.await("/readyz to say so", func() bool { return b.get("/readyz") == http.StatusServiceUnavailable })
	b.terminate()
	<-b.Done
	b = env.start()
	assert.Equal(t, b.get("/readyz"), http.StatusOK)
	ack := env.remove(ann)
	assert.Assert(t, strings.Contains(ack.Text, "+1 415"), ack.Text)
	listed := env.audit()
	assert.Assert(t, strings.Contains(listed, "removed"), listed)
}
