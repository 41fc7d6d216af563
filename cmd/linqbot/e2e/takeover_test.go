//go:build unix

package e2e_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// What a killed replica was doing is taken over long before River would rescue it, which takes 47 s and more: by
// another replica, and by the same one when it starts again.
func TestTheWorkOfAKilledReplica(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		next func(t *testing.T, env *testEnv, killed *botProcess)
	}{
		{"another replica takes over", func(t *testing.T, env *testEnv, killed *botProcess) {
			t.Helper()
			env.startBeside(freeAddr(t))
			killed.Kill()
		}},
		{"it starts again", func(t *testing.T, env *testEnv, killed *botProcess) {
			t.Helper()
			killed.Kill()
			env.start()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t, linqtest.Config{})
			env.vars["DATABASE_URL"] = ledgertest.Postgres(t)
			b := env.start()
			env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: time.Minute, Drop: linqtest.BeforeEffect})
			env.remove(ann)
			env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) == 1 })
			test.next(t, env, b)
			killed, calls := time.Now(), len(env.linq.Calls())
			env.patience = 30 * time.Second
			env.await("the next call at Linq", func() bool { return len(env.linq.Calls()) > calls })
			t.Logf("the next call at Linq came after %s", time.Since(killed).Round(time.Millisecond))
			env.awaitOutcome("✅")
			if got := env.linq.Effects(env.chat, ann); got != 1 {
				t.Errorf("%s left %d times", ann, got)
			}
		})
	}
}

// A frozen process may go on at any moment, so nobody takes over from it what it runs, as from one that is gone.
func TestTheWorkOfAFrozenReplica(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["DATABASE_URL"] = ledgertest.Postgres(t)
	const bob = "+14155550133"
	remove := func(handle string) {
		env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: 5 * time.Second, Drop: linqtest.BeforeEffect})
		env.remove(handle)
		env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, handle) == 1 })
	}
	frozen := env.start()
	remove(ann)
	signal := func(s syscall.Signal) {
		if err := frozen.Cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGSTOP)
	env.addr = freeAddr(t)
	killed := env.startBeside(env.addr)
	remove(bob)
	env.startBeside(freeAddr(t))
	killed.Kill()
	env.awaitOutcome("✅ +1 ••• ••• 0133 ")
	if got := env.linq.Deletes(env.chat, ann); got != 1 {
		t.Errorf("%d DELETEs: somebody acts beside a frozen process", got)
	}
	signal(syscall.SIGCONT)
	env.awaitOutcome("✅ +1 ••• ••• 0132 ")
	for _, handle := range []string{ann, bob} {
		if got := env.linq.Effects(env.chat, handle); got != 1 {
			t.Errorf("%s left %d times", handle, got)
		}
	}
}

// startBeside starts another replica, and waits until it is ready.
func (env *testEnv) startBeside(addr string) *processtest.Process {
	env.t.Helper()
	cmd := env.command("serve")
	cmd.Env = append(cmd.Env, "LISTEN_ADDR="+addr)
	p, err := processtest.Start(cmd, "http://"+addr)
	if err != nil {
		env.t.Fatal(err)
	}
	env.t.Cleanup(p.Kill)
	env.await("the other replica to be ready", func() bool { return p.Get(env.t.Context(), "/readyz") == http.StatusOK })
	return p
}
