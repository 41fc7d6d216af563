//go:build linux

package e2e_test

import (
	"context"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"linqbot/cmd/linqbot/e2e/internal/machine"
	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// A replica runs on another machine, and the cable between it and the database is pulled: nobody is told that a
// connection has ended. Another replica takes over within 25 s. By then the first has stopped by itself what it was
// doing, although it still reaches Linq, so that never two act side by side.
func TestTheWorkOfAMachineThatVanishes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		vanish func(t *testing.T, away *machine.Machine, there *processtest.Process)
	}{
		{"the cable is pulled", func(t *testing.T, away *machine.Machine, _ *processtest.Process) {
			t.Helper()
			away.Pull(t)
		}},
		{"the power is cut", func(t *testing.T, away *machine.Machine, there *processtest.Process) {
			t.Helper()
			away.Pull(t) // first, so that the system cannot tell anybody of the end
			there.Kill()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			away := machine.New(t)
			env := newEnv(t, linqtest.Config{})
			lost, other := &door{to: env.linq}, &door{to: env.linq}
			server := ledgertest.NewServer(t)
			there := env.startAt(away, server, lost)
			env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: time.Minute, Drop: linqtest.BeforeEffect})
			here := env.addr
			env.addr = strings.TrimPrefix(there.URL, "http://")
			env.remove(ann)
			env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) == 1 })
			env.vars["DATABASE_URL"] = server.URL
			env.vars["LINQ_API_V3_BASE_URL"] = "http://" + serveAt(t, listenHere(t), other) + linqtest.Prefix
			env.startBeside(here)

			test.vanish(t, away, there)
			vanished := time.Now()
			env.patience = 30 * time.Second // for the 25 s that are promised
			env.await("the other replica to take over", func() bool { return len(other.visits(env.chat)) > 0 })
			taken := other.visits(env.chat)[0].began
			t.Logf("taken over after %s", taken.Sub(vanished).Round(time.Millisecond))
			env.awaitOutcome("✅")
			if got := env.linq.Effects(env.chat, ann); got != 1 {
				t.Errorf("%s left %d times", ann, got)
			}
			for _, visit := range lost.visits(env.chat) {
				if visit.ended.IsZero() || visit.ended.After(taken) {
					t.Errorf("beside the other replica the lost one goes on with %s", visit.what)
				}
				if visit.ended.After(vanished) {
					t.Logf("the lost replica gave %s up after %s", visit.what, visit.ended.Sub(vanished).Round(time.Millisecond))
				}
			}
		})
	}
}

// startAt starts a replica on another machine, and waits until it is ready. It reaches Slack and Linq without a cable.
func (env *testEnv) startAt(m *machine.Machine, server *ledgertest.Server, linq http.Handler) *processtest.Process {
	env.t.Helper()
	listenThere := func() net.Listener {
		listener, err := m.Listen()
		if err != nil {
			env.t.Fatal(err)
		}
		return listener
	}
	database, err := server.ListenAt(m.Ours)
	if err != nil {
		env.t.Fatal(err)
	}
	vars := maps.Clone(env.vars)
	maps.Copy(vars, map[string]string{
		"DATABASE_URL":         database,
		"SLACK_API_URL":        "http://" + serveAt(env.t, listenThere(), env.slack) + "/api/",
		"LINQ_API_V3_BASE_URL": "http://" + serveAt(env.t, listenThere(), linq) + linqtest.Prefix,
		"LISTEN_ADDR":          m.Addr + ":8080",
	})
	path, err := program()
	if err != nil {
		env.t.Fatal(err)
	}
	cmd := processtest.Command(env.t.Context(), path, env.dir, vars, "serve")
	if err := m.Run(cmd); err != nil {
		env.t.Fatal(err)
	}
	p, err := processtest.Start(cmd, "http://"+m.Addr+":8080")
	if err != nil {
		env.t.Fatal(err)
	}
	env.t.Cleanup(func() {
		p.Kill()
		if env.t.Failed() {
			env.t.Logf("the log of the replica on the other machine:\n%s", processtest.Tail(p.Logs.String(), 60))
		}
	})
	env.await("the replica on the other machine to be ready", func() bool { return p.Get(env.t.Context(), "/readyz") == http.StatusOK })
	return p
}

func listenHere(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func serveAt(t testing.TB, listener net.Listener, what http.Handler) (addr string) {
	t.Helper()
	server := &http.Server{Handler: what, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until it is closed
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// door is where one replica enters Linq. It knows what that replica wanted, and for how long.
type door struct {
	to http.Handler

	mu  sync.Mutex
	all []*visit
}

// visit is a call at Linq. It has ended when it was answered, or when the caller gave it up.
type visit struct {
	what         string
	began, ended time.Time
}

// ServeHTTP implements [http.Handler].
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &visit{what: r.Method + " " + r.URL.Path, began: time.Now()}
	d.mu.Lock()
	d.all = append(d.all, v)
	d.mu.Unlock()
	end := sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		v.ended = time.Now()
	})
	defer end()
	defer context.AfterFunc(r.Context(), end)()
	d.to.ServeHTTP(w, r)
}

// visits are those that were about a chat.
func (d *door) visits(chat string) (about []visit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, v := range d.all {
		if strings.Contains(v.what, chat) {
			about = append(about, *v)
		}
	}
	return about
}
