package e2e_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	_ "linqbot/ledger" // the driver of SQLite
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
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "linqbot-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "linqbot")
	args := append([]string{"build", "-o", path}, raceFlag()...)
	built, err := exec.Command("go", append(args, "linqbot/cmd/linqbot")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, built)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path)) // the folder of temporary files is cleaned anyway
	}
	os.Exit(code)
}

// testEnv is a Slack, a Linq with one chat, and what a bot between them needs.
type testEnv struct {
	t     testing.TB
	slack *slacktest.Slack
	linq  *linqtest.Linq
	chat  string
	dir   string
	addr  string
	vars  map[string]string

	patience time.Duration // how long to await what is sure to come; it is for a machine that is busy with other things
}

// newEnv has a chat of our line and ten others, from ann (…0132) to …0141.
func newEnv(t testing.TB, linqConfig linqtest.Config) *testEnv {
	t.Helper()
	env := &testEnv{t: t, dir: t.TempDir(), addr: freeAddr(t), patience: time.Minute}
	env.slack = slacktest.New(slacktest.Config{})
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
	env.vars = map[string]string{
		"SLACK_SIGNING_SECRET": env.slack.Config().SigningSecret,
		"SLACK_BOT_TOKEN":      env.slack.Config().BotToken,
		"SLACK_API_URL":        env.slack.APIURL(),
		"LINQ_API_V3_API_KEY":  env.linq.APIKey(),
		"LINQ_API_V3_BASE_URL": env.linq.BaseURL(),
		"LISTEN_ADDR":          env.addr,
		"ADMIN_ADDR":           "off", // its default is one address, and tests run side by side
		"DATABASE_URL":         "sqlite://" + filepath.Join(env.dir, "ledger.db"),
		"ALLOWED_USERS":        "*",
		"LOG_LEVEL":            "debug",
	}
	return env
}

func numbers(from, count int) []string {
	numbers := make([]string, count)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("+1415555%04d", from+i)
	}
	return numbers
}

// ports counts on from a random one.
var ports = sync.OnceValue(func() *atomic.Uint32 {
	var n atomic.Uint32
	n.Store(rand.Uint32N(1 << 16))
	return &n
})

// freeAddr is below the ports that the system gives to connections, and is given to no other test of
// this run: while a linqbot is down that listens there, nobody else may.
func freeAddr(t testing.TB) string {
	t.Helper()
	const lowest, count = 10000, 15000
	for range count {
		addr := fmt.Sprint("127.0.0.1:", lowest+ports().Add(1)%count)
		listener, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	t.Fatal("no port is free")
	return ""
}

// botProcess is a running linqbot.
type botProcess struct {
	t    testing.TB
	url  string
	cmd  *exec.Cmd
	logs *logFile
	done chan struct{}
}

// logFile keeps what the program printed.
type logFile struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logFile) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// command returns linqbot with the variables of the environment and nothing else of this process's.
func (env *testEnv) command(args ...string) *exec.Cmd {
	env.t.Helper()
	path, err := program()
	if err != nil {
		env.t.Fatal(err)
	}
	cmd := exec.CommandContext(env.t.Context(), path, args...)
	cmd.Dir = env.dir
	cmd.Env = []string{"HOME=" + env.dir, "TMPDIR=" + os.TempDir()}
	for name, value := range env.vars {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// launch starts linqbot serve without waiting for anything.
func (env *testEnv) launch() *botProcess {
	env.t.Helper()
	b := &botProcess{t: env.t, url: "http://" + env.addr, logs: &logFile{}, done: make(chan struct{})}
	b.cmd = env.command("serve")
	b.cmd.Stdout, b.cmd.Stderr = b.logs, b.logs
	if err := b.cmd.Start(); err != nil {
		env.t.Fatal(err)
	}
	go func() {
		_ = b.cmd.Wait() // tests look at the state themselves
		close(b.done)
	}()
	env.t.Cleanup(func() {
		b.kill()
		if env.t.Failed() {
			env.t.Logf("the bot's log:\n%s", tail(b.logs.String(), 60))
		}
		if strings.Contains(b.logs.String(), "DATA RACE") {
			env.t.Errorf("the bot has a data race:\n%s", b.logs.String())
		}
	})
	return b
}

func tail(text string, lines int) string {
	all := strings.Split(text, "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// start starts linqbot serve and waits until it is ready.
func (env *testEnv) start() *botProcess {
	env.t.Helper()
	b := env.launch()
	env.await("the bot to be ready", func() bool { return b.get("/readyz") == http.StatusOK })
	return b
}

// get returns the status of a GET, 0 without an answer.
func (b *botProcess) get(path string) int {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func (b *botProcess) kill() {
	_ = b.cmd.Process.Kill() // it may have ended
	<-b.done
}

func (b *botProcess) terminate() {
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.t.Fatal(err)
	}
}

// await polls until ok.
func (env *testEnv) await(what string, ok func() bool) {
	env.t.Helper()
	for deadline := time.Now().Add(env.patience); !ok(); time.Sleep(3 * time.Millisecond) {
		if time.Now().After(deadline) {
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
