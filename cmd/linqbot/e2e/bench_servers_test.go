package e2e_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/cmd/linqbot/internal/load"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// server is one of those that are compared: a process of its own on loopback.
type server struct {
	name   string
	addr   string
	wants  string // what each of its answers must hold
	sender load.Sender
	pid    int
}

// The servers that are compared. linqbot writes every command to disk, its log to a file, and has a
// Linq and a Slack that answer in their usual time; one that is called stalled has none that answer.
const (
	bareServer      = "bare" // testdata/bare
	boltServer      = "bolt" // testdata/bolt
	sqliteServer    = "linqbot-sqlite"
	stalledServer   = "linqbot-sqlite-stalled"
	postgresServer  = "linqbot-postgres"
	postgresStalled = "linqbot-postgres-stalled"
)

const (
	linqTakes  = 150 * time.Millisecond
	slackTakes = 100 * time.Millisecond
)

// errAbsent wraps why a server cannot run here.
var errAbsent = errors.New("left out")

// startServer starts a server of a name and waits until it listens. people are in Linq's chats.
func startServer(b *testing.B, name string, people *crowd) (*server, error) {
	b.Helper()
	switch name {
	case bareServer:
		path, err := bareProgram()
		if err != nil {
			return nil, err
		}
		return startOther(b, name, "is recorded", path), nil
	case boltServer:
		path, err := boltApp()
		if err != nil {
			return nil, err
		}
		return startOther(b, name, "", "node", path), nil // it acknowledges with an empty 200
	}
	env := newEnv(b, linqtest.Config{})
	if name == postgresServer || name == postgresStalled {
		if os.Getenv(ledgertest.PostgresVariable) == "" {
			return nil, fmt.Errorf("%w: %s needs %s", errAbsent, name, ledgertest.PostgresVariable)
		}
		env.vars["DATABASE_URL"] = ledgertest.Postgres(b)
	}
	people.join(env.linq)
	linq, linqURL := newGate(b, env.linq, linqTakes)
	slack, slackURL := newGate(b, &quickSlack{team: env.slack.Config().TeamID}, slackTakes)
	if name == stalledServer || name == postgresStalled {
		linq.shut()
		slack.shut()
	}
	return env.startLoaded(name, linqURL, slackURL), nil
}

// startLoaded starts linqbot as it runs in production, between fakes that bear a load.
func (env *testEnv) startLoaded(name, linqURL, slackURL string) *server {
	env.t.Helper()
	env.vars["LINQ_API_V3_BASE_URL"] = linqURL + linqtest.Prefix
	env.vars["SLACK_API_URL"] = slackURL + "/api/"
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	env.vars["LOG_LEVEL"] = "info"
	s := &server{name: name, addr: env.addr, wants: "is recorded", sender: load.Sender{
		Secret: env.vars["SLACK_SIGNING_SECRET"], TeamID: env.vars["SLACK_TEAM_IDS"], UserID: alice,
	}}
	s.start(env.t, env.command("serve"))
	return s
}

func startOther(b *testing.B, name, wants, program string, args ...string) *server {
	b.Helper()
	s := &server{name: name, addr: freeAddr(b), wants: wants, sender: load.Sender{Secret: "a signing secret", TeamID: "T1", UserID: alice}}
	cmd := exec.CommandContext(b.Context(), program, args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "NODE_ENV=production", "LISTEN_ADDR=" + s.addr, "SLACK_SIGNING_SECRET=" + s.sender.Secret,
	}
	s.start(b, cmd)
	return s
}

// start runs the server until the benchmark ends. What it logs goes to a file without passing through
// this process, which has enough to do.
func (s *server) start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	file, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = file, file
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.pid = cmd.Process.Pid
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-ended
		_ = file.Close() // written by the server
		if said, err := os.ReadFile(log); err == nil && t.Failed() {
			t.Logf("%s logged:\n%s", s.name, processtest.Tail(string(said), 20))
		}
	})
	const patience = 60 * time.Second
	for deadline := time.Now().Add(patience); !s.listens(); time.Sleep(3 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("%s has ended", s.name)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen", s.name)
		}
	}
}

func (s *server) listens() bool {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		return false
	}
	_ = c.Close() // nothing was sent
	return true
}

// dial opens connections that last as long as the benchmark.
func (s *server) dial(b *testing.B, connections int) *load.Loader {
	b.Helper()
	l, err := load.Dial(s.addr, s.wants, connections)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(l.Close)
	return l
}
