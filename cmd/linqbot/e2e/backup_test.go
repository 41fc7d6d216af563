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
func (w *world) runAll(args ...string) (string, error) {
	w.t.Helper()
	out, mistakes, err := w.run(args...)
	return out + mistakes, err
}

// A bot takes commands while it is backed up. What was open in a backup is not asked of Linq again after its
// restore, since it may have been done, and taken back.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	in := func(name string) string { return filepath.Join(w.dir, name) }
	b := w.start()
	w.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1000, Status: 500, Code: 3006})
	w.remove(ann)
	w.await("the DELETE", func() bool { return w.linq.Deletes(w.chat, ann) > 0 })
	for i := range 4 {
		out, err := w.runAll("backup", in(fmt.Sprint("backup-", i, ".db")))
		assert.NilError(t, err, out)
		assert.Assert(t, strings.Contains(out, "checked"), out)
		ack := w.remove(numbers(133+i, 1)[0])
		assert.Assert(t, !strings.Contains(ack.Text, "not recorded"), ack.Text)
	}
	out, err := w.runAll("backup", in("backup-0.db"))
	assert.Assert(t, err != nil && strings.Contains(out, "is there already"), out)
	out, err = w.runAll("restore", in("backup-0.db"))
	assert.Assert(t, err != nil && strings.Contains(out, "another linqbot owns"), out)
	b.terminate()
	<-b.done
	w.linq.ClearFaults()
	deletes := w.linq.Deletes(w.chat, ann)

	assert.NilError(t, os.WriteFile(in("notes.txt"), []byte("no ledger\n"), 0o600))
	for _, file := range []string{"notes.txt", "none.db", "ledger.db"} {
		out, err := w.runAll("restore", in(file))
		assert.Assert(t, err != nil, "%s: %s", file, out)
	}
	out, err = w.runAll("restore", in("backup-0.db"))
	assert.NilError(t, err, out)
	assert.Assert(t, strings.Contains(out, "before-restore-"), out)
	assert.Assert(t, strings.Contains(out, "open and not sent: 1"), out)
	w.start()
	w.awaitOutcome("restored from a backup")
	assert.Equal(t, w.linq.Deletes(w.chat, ann), deletes)
}

// A ledger that a newer linqbot made is refused by whatever opens it, in words.
func TestANewerLedgerIsRefused(t *testing.T) {
	t.Parallel()
	w := newDoctorWorld(t, asTheManifestHasThem)
	out, err := w.runAll("migrate")
	assert.NilError(t, err, out)
	ledgertest.ExecSQLite(t, w.env["DATABASE_URL"], `INSERT INTO schema_migrations (version_id, is_applied) VALUES (999, TRUE)`)
	for _, command := range [][]string{{"serve"}, {"migrate"}, {"audit"}, {"backup", "copy.db"}} {
		out, err := w.runAll(command...)
		assert.Assert(t, err != nil, command)
		assert.Assert(t, strings.Contains(out, "a newer linqbot made this ledger"), "%s: %s", command, out)
	}
	found, content := w.doctor()
	wantFinding(t, found, "schema", "failure", "a newer linqbot made this ledger", "run the newer linqbot")
	assert.Assert(t, !content)
}

func TestBackupNamesPostgresTools(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	w.env["DATABASE_URL"] = "postgres://bot:hunter2@db.example.com:5432/linqbot?sslmode=require&pool_max_conns=4&sslpassword=hunter2"
	const at = `'postgres://bot@db.example.com:5432/linqbot?sslmode=require'`
	for command, want := range map[string]string{
		"backup":  `pg_dump --format=custom --no-owner --file='it'\''s.dump' ` + at,
		"restore": `--dbname=` + at + ` 'it'\''s.dump'`,
	} {
		out, err := w.runAll(command, "it's.dump")
		assert.Assert(t, err != nil, command)
		assert.Assert(t, strings.Contains(out, want), out)
		assert.Assert(t, !strings.Contains(out, "hunter2"), out)
	}
}
