package e2e_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/linq/linqtest"
)

// secondStart starts another linqbot on a ledger, and returns what it said when it ended. It kills one
// that serves.
func (env *testEnv) secondStart(database string) string {
	env.t.Helper()
	second := env.command("serve")
	second.Env = append(second.Env, "LISTEN_ADDR="+freeAddr(env.t), "DATABASE_URL="+database)
	logs := new(processtest.Log)
	second.Stdout, second.Stderr = logs, logs
	assert.NilError(env.t, second.Start())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = second.Wait() // what it said tells more
	}()
	env.await("the second start to end or to serve", func() bool {
		select {
		case <-done:
			return true
		default:
			return strings.Contains(logs.String(), "linqbot serves")
		}
	})
	_ = second.Process.Kill() // it may have ended
	<-done
	return logs.String()
}

// A second process by any name of the file would take back what the first is doing, and do it again.
func TestOneOwnerOfTheLedger(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	b := env.start()
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: time.Minute})
	env.remove(ann)
	env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) == 1 })

	in := func(name string) string { return filepath.Join(env.dir, name) }
	nothing := func() error { return nil }
	for _, test := range []struct {
		how, path  string
		do, undo   func() error
		says       string
		unreadable bool // audit refuses it too
	}{
		{"the same path", in("ledger.db"), nothing, nothing, "another linqbot owns", false},
		{"a relative path", "ledger.db", nothing, nothing, "another linqbot owns", false},
		{"the folder of the process", "/proc/self/cwd/ledger.db", nothing, nothing, "another linqbot owns", false},
		{"a symbolic link", in("link.db"), func() error { return os.Symlink("ledger.db", in("link.db")) }, nothing, "another linqbot owns", false},
		{"a link to the folder", in("here/ledger.db"), func() error { return os.Symlink(".", in("here")) }, nothing, "another linqbot owns", false},
		{"a hard link", in("hard.db"), func() error { return os.Link(in("ledger.db"), in("hard.db")) }, func() error { return os.Remove(in("hard.db")) }, "remove the other names", true},
		{"its lock is deleted", in("ledger.db"), func() error { return os.Remove(in("ledger.db.lock")) }, nothing, "another linqbot owns", false},
		{"it is renamed", in("renamed.db"), func() error { return os.Rename(in("ledger.db"), in("renamed.db")) }, func() error { return os.Rename(in("renamed.db"), in("ledger.db")) }, "another linqbot owns", false},
	} {
		if strings.HasPrefix(test.path, "/proc/") && runtime.GOOS != "linux" {
			continue
		}
		assert.NilError(t, test.do(), test.how)
		said := env.secondStart("sqlite://" + test.path)
		if !strings.Contains(said, "DATABASE_URL") || !strings.Contains(said, test.says) {
			t.Errorf("%s: a second owner: %s", test.how, said)
		}
		if !strings.Contains(test.how, "renamed") {
			audit := env.command("audit")
			audit.Env = append(audit.Env, "DATABASE_URL=sqlite://"+test.path)
			out, err := audit.CombinedOutput()
			if (err != nil) != test.unreadable || err != nil && !strings.Contains(string(out), test.says) {
				t.Errorf("%s: audit beside it: %v: %s", test.how, err, out)
			}
		}
		assert.NilError(t, test.undo(), test.how)
	}
	assert.Equal(t, env.linq.Deletes(env.chat, ann), 1)
	b.terminate()
	<-b.Done
	env.start()
	env.awaitOutcome("✅")
	assert.Equal(t, env.linq.Deletes(env.chat, ann), 1)
}
