//go:build unix

package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// Through PgBouncer in session mode all works as without it, also for commands that only look at the ledger.
func TestAPoolerOfSessions(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	env.vars["DATABASE_URL"] = ledgertest.NewPgBouncer(t, ledgertest.NewServer(t), "session", "default_pool_size = 40")
	env.start()
	env.remove(ann)
	env.awaitOutcome("✅")
	if table := env.audit(); !strings.Contains(table, "removed") {
		t.Errorf("the audit: %s", table)
	}
	found, _ := env.doctor()
	if report := fmt.Sprint(found); !strings.Contains(report, "of the schema for PostgreSQL") || !strings.Contains(report, "none is stuck") {
		t.Errorf("the doctor: %s", report)
	}
}

// In transaction mode it is refused by each command, before anything is acknowledged.
func TestAPoolerOfTransactions(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["DATABASE_URL"] = ledgertest.NewPgBouncer(t, ledgertest.NewServer(t), "transaction")
	for _, command := range []string{"serve", "migrate", "audit", "doctor"} {
		out, said, err := env.run(command)
		assert.Assert(t, err != nil, command)
		assert.Assert(t, strings.Contains(out+said, "session mode"), "%s: %s%s", command, out, said)
	}
}
