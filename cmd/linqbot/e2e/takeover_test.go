package e2e_test

import (
	"net/http"
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
			env.startBeside()
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

// startBeside starts another replica, at an address of its own, and waits until it is ready.
func (env *testEnv) startBeside() {
	env.t.Helper()
	addr := freeAddr(env.t)
	cmd := env.command("serve")
	cmd.Env = append(cmd.Env, "LISTEN_ADDR="+addr)
	p, err := processtest.Start(cmd, "http://"+addr)
	if err != nil {
		env.t.Fatal(err)
	}
	env.t.Cleanup(p.Kill)
	env.await("the other replica to be ready", func() bool { return p.Get(env.t.Context(), "/readyz") == http.StatusOK })
}
