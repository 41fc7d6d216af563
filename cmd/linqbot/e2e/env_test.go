package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/cmd/linqbot/e2e/internal/processtest"
	_ "linqbot/ledger" // the driver of SQLite
	"linqbot/ledger/ledgertest/migrated"
	"linqbot/linq/linqtest"
)

// The end-to-end tests build the real program and run it as a process of its own, against a Slack
// and a Linq on loopback.

const (
	alice   = "U0ALICE"
	bert    = "U0BERT"
	channel = "C0TEAM"
	line    = "+14155550100"
	ann     = "+14155550132"
)

// program builds linqbot once for all tests.
var program = sync.OnceValues(processtest.Build)

func TestMain(m *testing.M) { os.Exit(processtest.Run(m, program)) }

// testEnv is a Slack, a Linq with one chat, and what a bot between them needs.
type testEnv struct {
	t     testing.TB
	slack *slacktest.Slack
	linq  *linqtest.Linq
	chat  string
	dir   string
	addr  string
	vars  map[string]string

	firstStart bool          // serve finds no ledger, and makes it; otherwise it finds an empty one, which is sooner
	patience   time.Duration // how long to await what is sure to come; it is for a machine that is busy with other things
}

// newEnv has a chat of our line and ten others, from ann (…0132) to …0141.
func newEnv(t testing.TB, linqConfig linqtest.Config) *testEnv {
	t.Helper()
	return newEnvOf(t, slacktest.Config{}, linqConfig)
}

func newEnvOf(t testing.TB, slackConfig slacktest.Config, linqConfig linqtest.Config) *testEnv {
	t.Helper()
	env := &testEnv{t: t, dir: t.TempDir(), addr: freeAddr(t), patience: time.Minute}
	env.slack = slacktest.New(slackConfig)
	env.slack.AddUser(slacktest.User{ID: alice, Name: "Alice"})
	env.slack.AddUser(slacktest.User{ID: bert, Name: "Bert"})
	env.slack.AddChannel(slacktest.Channel{ID: channel, Name: "team", BotMember: true})
	stop, err := env.slack.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	env.linq = linqtest.Start(t, linqConfig)
	env.chat = env.linq.AddChat(linqtest.Group("Spring launch", line, numbers(132, 10)...))
	env.vars = processtest.Variables(env.slack, env.linq, "sqlite://"+filepath.Join(env.dir, "ledger.db"), env.addr)
	return env
}

func numbers(from, count int) []string {
	numbers := make([]string, count)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("+1415555%04d", from+i)
	}
	return numbers
}

var ports = sync.OnceValue(processtest.NewPorts)

// freeAddr is given to no other test of this run.
func freeAddr(t testing.TB) string {
	t.Helper()
	return ports().Free(t)
}

// botProcess is a running linqbot.
type botProcess struct {
	t testing.TB
	*processtest.Process
}

// command returns linqbot with the variables of the environment and nothing else of this process's.
func (env *testEnv) command(args ...string) *exec.Cmd {
	env.t.Helper()
	path, err := program()
	if err != nil {
		env.t.Fatal(err)
	}
	return processtest.Command(env.t.Context(), path, env.dir, env.vars, args...)
}

// launch starts linqbot serve without waiting for anything.
func (env *testEnv) launch() *botProcess {
	env.t.Helper()
	if !env.firstStart {
		migrated.Prepare(env.t, env.vars["DATABASE_URL"])
	}
	p, err := processtest.Start(env.command("serve"), "http://"+env.addr)
	if err != nil {
		env.t.Fatal(err)
	}
	b := &botProcess{t: env.t, Process: p}
	env.t.Cleanup(func() {
		b.Kill()
		if env.t.Failed() {
			env.t.Logf("the bot's log:\n%s", processtest.Tail(b.Logs.String(), 60))
		}
		if strings.Contains(b.Logs.String(), "DATA RACE") {
			env.t.Errorf("the bot has a data race:\n%s", b.Logs.String())
		}
	})
	return b
}

// start starts linqbot serve and waits until it is ready.
func (env *testEnv) start() *botProcess {
	env.t.Helper()
	b := env.launch()
	env.await("the bot to be ready", func() bool { return b.get("/readyz") == http.StatusOK })
	return b
}

func (b *botProcess) get(path string) int { return b.Get(b.t.Context(), path) }

func (b *botProcess) terminate() {
	if err := b.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.t.Fatal(err)
	}
}

// await polls until ok.
func (env *testEnv) await(what string, ok func() bool) {
	env.t.Helper()
	const least, most, share = 3 * time.Millisecond, 50 * time.Millisecond, 20
	began := time.Now() // it looks less often the longer it waits: looking takes time from the program under test
	for ; !ok(); time.Sleep(min(most, least+time.Since(began)/share)) {
		if time.Since(began) > env.patience {
			env.t.Fatalf("waited in vain for %s; the channel shows:\n%s", what, env.slack.Screen(channel, alice))
		}
	}
}

// remove types a removal as alice, and returns the answer.
func (env *testEnv) remove(handles string) slacktest.Ack {
	env.t.Helper()
	return env.send(slacktest.Command{UserID: alice, ChannelID: channel, Text: env.chat + " " + handles})
}

// send delivers a command. A bot that has just started may not know its team yet.
func (env *testEnv) send(c slacktest.Command) slacktest.Ack {
	env.t.Helper()
	var ack slacktest.Ack
	env.await("an answer", func() bool {
		var err error
		ack, err = env.slack.Send(env.t.Context(), "http://"+env.addr, c)
		if err != nil {
			env.t.Fatal(err)
		}
		return !strings.Contains(ack.Text, "not yet learned")
	})
	if ack.Status != http.StatusOK {
		env.t.Fatalf("the bot answered %d", ack.Status)
	}
	return ack
}

// parents returns the messages that open threads in the channel, and outcomes the replies in them.
func (env *testEnv) parents() []slacktest.Message {
	return slices.DeleteFunc(env.slack.Messages(channel), func(m slacktest.Message) bool { return m.ThreadTS != "" })
}

func (env *testEnv) outcomes() []slacktest.Message {
	return slices.DeleteFunc(env.slack.Messages(channel), func(m slacktest.Message) bool { return m.ThreadTS == "" })
}

func (env *testEnv) awaitOutcome(text string) {
	env.t.Helper()
	env.await("an outcome with "+text, func() bool {
		return slices.ContainsFunc(env.outcomes(), func(m slacktest.Message) bool { return strings.Contains(m.Rendered, text) })
	})
}
