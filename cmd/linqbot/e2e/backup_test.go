package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// runAll runs a subcommand, and returns all that it printed.
func (env *testEnv) runAll(args ...string) (string, error) {
	env.t.Helper()
	out, mistakes, err := env.run(args...)
	return out + mistakes, err
}

// A bot takes commands while it is backed up. What was open in a backup is not asked of Linq again after its
// restore, since it may have been done, and taken back.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	in := func(name string) string { return filepath.Join(env.dir, name) }
	b := env.start()
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1000, Status: 500, Code: 3006})
	env.remove(ann)
	env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) > 0 })
	for i := range 4 {
		out, err := env.runAll("backup", in(fmt.Sprint("backup-", i, ".db")))
		assert.NilError(t, err, out)
		assert.Assert(t, strings.Contains(out, "checked"), out)
		ack := env.remove(numbers(133+i, 1)[0])
		assert.Assert(t, !strings.Contains(ack.Text, "not recorded"), ack.Text)
	}
	out, err := env.runAll("backup", in("backup-0.db"))
	assert.Assert(t, err != nil && strings.Contains(out, "is there already"), out)
	out, err = env.runAll("restore", in("backup-0.db"))
	assert.Assert(t, err != nil && strings.Contains(out, "another linqbot owns"), out)
	b.terminate()
	<-b.Done
	env.linq.ClearFaults()
	deletes := env.linq.Deletes(env.chat, ann)

	assert.NilError(t, os.WriteFile(in("notes.txt"), []byte("no ledger\n"), 0o600))
	for _, file := range []string{"notes.txt", "none.db", "ledger.db"} {
		out, err := env.runAll("restore", in(file))
		assert.Assert(t, err != nil, "%s: %s", file, out)
	}
	out, err = env.runAll("restore", in("backup-0.db"))
	assert.NilError(t, err, out)
	assert.Assert(t, strings.Contains(out, "before-restore-"), out)
	assert.Assert(t, strings.Contains(out, "open and not sent: 1"), out)
	env.start()
	env.awaitOutcome("restored from a backup")
	assert.Equal(t, env.linq.Deletes(env.chat, ann), deletes)
}

// A ledger that a newer linqbot made is refused by whatever opens it, in words.
func TestANewerLedgerIsRefused(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	out, err := env.runAll("migrate")
	assert.NilError(t, err, out)
	ledgertest.ExecSQLite(t, env.vars["DATABASE_URL"], `INSERT INTO schema_migrations (version_id, is_applied) VALUES (999, TRUE)`)
	for _, command := range [][]string{{"serve"}, {"migrate"}, {"audit"}, {"backup", "copy.db"}} {
		out, err := env.runAll(command...)
		assert.Assert(t, err != nil, command)
		assert.Assert(t, strings.Contains(out, "a newer linqbot made this ledger"), "%s: %s", command, out)
	}
	found, content := env.doctor()
	wantFinding(t, found, "schema", "failure", "a newer linqbot made this ledger", "run the newer linqbot")
	assert.Assert(t, !content)
	said, err := env.runAll("doctor")
	assert.Assert(t, err != nil)
	assert.Equal(t, strings.Count(said, "run the newer linqbot"), 1, said)
}

func TestBackupNamesPostgresTools(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["DATABASE_URL"] = "postgres://bot:hunter2@db.example.com:5432/linqbot?sslmode=require&pool_max_conns=4&sslpassword=hunter2"
	const at = `'postgres://bot@db.example.com:5432/linqbot?sslmode=require'`
	for command, want := range map[string]string{
		"backup":  `pg_dump --format=custom --no-owner --file='it'\''s.dump' ` + at,
		"restore": `--dbname=` + at + ` 'it'\''s.dump'`,
	} {
		out, err := env.runAll(command, "it's.dump")
		assert.Assert(t, err != nil, command)
		assert.Assert(t, strings.Contains(out, want), out)
		assert.Assert(t, !strings.Contains(out, "hunter2"), out)
	}
}
