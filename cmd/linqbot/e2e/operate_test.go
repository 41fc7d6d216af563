package e2e_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/cmd/linqbot/e2e/internal/processtest"
	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// event is a line that remove and offboard print.
type event struct {
	Event, Batch, State, Handle, Chat, Foreseen, Message, Rule string
	Removals, All, Removed, Refused                            int
}

// operator returns a command with the variables that an operator without Slack has.
func (env *testEnv) operator(args ...string) *exec.Cmd {
	env.t.Helper()
	path, err := program()
	assert.NilError(env.t, err)
	vars := maps.Clone(env.vars)
	maps.DeleteFunc(vars, func(name, _ string) bool {
		return strings.HasPrefix(name, "SLACK_") || strings.HasPrefix(name, "ALLOWED_")
	})
	return processtest.Command(env.t.Context(), path, env.dir, vars, args...)
}

// operate runs a command into pipes, and returns its lines, what it complains of, and its exit code.
func (env *testEnv) operate(args ...string) (events []event, complaint string, code int) {
	env.t.Helper()
	cmd := env.operator(args...)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	_ = cmd.Run() // the exit code tells
	return eventsIn(env.t, out.String()), complaints.String(), cmd.ProcessState.ExitCode()
}

func eventsIn(t testing.TB, out string) (events []event) {
	t.Helper()
	for text := range strings.Lines(out) {
		var e event
		assert.NilError(t, json.Unmarshal([]byte(text), &e), text)
		events = append(events, e)
	}
	return events
}

// only returns the events of a name.
func only(events []event, name string) (found []event) {
	for _, e := range events {
		if e.Event == name {
			found = append(found, e)
		}
	}
	return found
}

// nothingInSlack checks that nobody in Slack was written to.
func (env *testEnv) nothingInSlack() {
	env.t.Helper()
	for _, call := range env.slack.Calls() {
		if call.Method == "chat.postMessage" || call.Method == "conversations.open" || call.Method == "chat.postEphemeral" {
			env.t.Errorf("Slack was called: %s", call.Method)
		}
	}
}

// An operator needs neither Slack nor a bot that runs.
func TestAnOperatorOffboardsWithoutABot(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{})
		env.vars["DATABASE_URL"] = url
		ids := env.chatsOfTwoLines(5)
		small := env.linq.AddChat(linqtest.Group("Too small", line, numbers(132, 2)...))
		events, complaint, code := env.operate("offboard", "(415) 555-0132", "--as", "Olga", "--dry-run", "--reason", "left the firm")
		assert.Equal(t, code, 0, complaint)
		assert.Equal(t, len(only(events, "item")), 6)
		assert.Equal(t, env.deletes(append(ids, small)), 0)

		events, complaint, code = env.operate("offboard", "(415) 555-0132", "--as", "Olga", "--yes", "--reason", "left the firm")
		assert.Equal(t, code, 1, complaint)
		end := only(events, "end")
		assert.Equal(t, len(end), 1)
		assert.Equal(t, end[0].Removed, 5)
		assert.Equal(t, end[0].Refused, 1)
		assert.Equal(t, len(only(events, "outcome")), 6)
		for _, e := range append(only(events, "item"), only(events, "outcome")...) {
			assert.Equal(t, e.Handle, "+1 ••• ••• 0132")
		}
		for _, id := range ids {
			assert.Equal(t, env.linq.Effects(id, ann), 1)
		}
		said := env.must("audit", "--format", "jsonl", "--state", "removed")
		assert.Equal(t, strings.Count(said, `"operator Olga"`), 5, said)
		assert.Equal(t, strings.Count(said, `"source":"operator"`), 5, said)

		env.start() // which has nothing left to show
		time.Sleep(2 * time.Second)
		env.nothingInSlack()
	})
}

// file writes a file, and returns its path.
func (env *testEnv) file(name, text string) string {
	env.t.Helper()
	path := filepath.Join(env.t.TempDir(), name)
	assert.NilError(env.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// More people than a command takes come from a file, from standard input or from the command line.
func TestAnOperatorHasAList(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	people := numbers(200, 90)
	chat := env.linq.AddChat(linqtest.Group("All hands", line, people...))
	file := env.file("people.csv", "Name;Phone\r\nA;"+strings.Join(people[:25], "\r\nB;"))
	events, complaint, code := env.operate("remove", chat, "--file", file, "--as", "Olga", "--yes")
	assert.Equal(t, code, 0, complaint)
	assert.Equal(t, only(events, "end")[0].Removed, 25)

	cmd := env.operator("offboard", "--file", "-", "--as", "Olga", "--yes")
	cmd.Stdin = strings.NewReader(strings.Join(people[25:50], "\n"))
	out, err := cmd.Output()
	assert.NilError(t, err)
	assert.Equal(t, only(eventsIn(t, string(out)), "end")[0].Removed, 25)

	events, complaint, code = env.operate("remove", chat, strings.Join(people[50:75], ","), "because", "they left", "--as", "Olga", "--yes")
	assert.Equal(t, code, 0, complaint)
	assert.Equal(t, only(events, "end")[0].Removed, 25)
	assert.Equal(t, len(env.auditRows("--reason", "they left")), 25)
}

// Beside a bot that serves, the bot does the work, and says nothing of it in Slack.
func TestAnOperatorBesideABot(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{})
		env.vars["DATABASE_URL"] = url
		env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Delay: 2 * time.Second, Times: 1})
		b := env.start()
		following := make(chan []event)
		go func() {
			events, _, _ := env.operate("remove", env.chat, "+1 415 555 0132,", "+14155550133", "--as", "U0ALICE", "--yes")
			following <- events
		}()
		env.await("a DELETE", func() bool { return env.linq.Deletes(env.chat, ann)+env.linq.Deletes(env.chat, "+14155550133") == 2 })
		ack := env.remove(ann) // somebody in Slack asks for the same
		events := <-following
		assert.Equal(t, only(events, "end")[0].Removed, 2, "%v", events)
		assert.Assert(t, strings.Contains(b.Logs.String(), "a batch is planned"))
		assert.Assert(t, strings.Contains(ack.Text, "someone who runs linqbot asked for it first") || strings.Contains(ack.Text, "is recorded"), ack.Text)
		assert.Equal(t, env.linq.Effects(env.chat, ann), 1)
		for _, m := range append(env.slack.Messages(channel), env.slack.DirectMessages(alice)...) {
			assert.Assert(t, !strings.Contains(m.Rendered, "0133"), m.Rendered)
		}
	})
}

// Interrupted, it hands the work on: to the same command, which finds what is under way.
func TestAnOperatorIsInterrupted(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{})
		env.vars["DATABASE_URL"] = url
		env.vars["LINQ_CONCURRENCY"] = "2"
		ids := env.chatsOfTwoLines(30)
		env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Delay: 200 * time.Millisecond})
		p, err := processtest.Start(env.operator("offboard", ann, "--as", "Olga", "--yes"), "")
		assert.NilError(t, err)
		env.await("some removals", func() bool { return env.deletes(ids) > 3 })
		assert.NilError(t, p.Cmd.Process.Signal(os.Interrupt))
		<-p.Done
		assert.Equal(t, p.Cmd.ProcessState.ExitCode(), 1)
		assert.Assert(t, strings.Contains(p.Logs.String(), "interrupted; what is confirmed goes on with the next linqbot serve, or with the same command"), p.Logs.String())
		assert.Assert(t, env.deletes(ids) < 30)

		events, complaint, code := env.operate("offboard", ann, "--as", "Olga", "--yes")
		assert.Equal(t, code, 0, complaint)
		assert.Assert(t, strings.Contains(only(events, "note")[0].Message, "under way already"))
		assert.Equal(t, only(events, "end")[0].Removed, 30)
		for _, id := range ids {
			assert.Equal(t, env.linq.Effects(id, ann), 1)
		}
	})
}

// The bot that carries out what an operator asked for is killed: the command goes on with it.
func TestTheBotOfAnOperatorDies(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		env := newEnv(t, linqtest.Config{})
		env.vars["DATABASE_URL"] = url
		env.vars["LINQ_CONCURRENCY"] = "2"
		ids := env.chatsOfTwoLines(30)
		env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Delay: 200 * time.Millisecond})
		b := env.start()
		done := make(chan []event)
		go func() {
			events, _, _ := env.operate("offboard", ann, "--as", "Olga", "--yes")
			done <- events
		}()
		env.await("some removals", func() bool { return env.deletes(ids) > 3 })
		b.Kill()
		events := <-done
		assert.Equal(t, only(events, "end")[0].Removed, 30)
		for _, id := range ids {
			assert.Equal(t, env.linq.Effects(id, ann), 1)
		}
		env.nothingInSlack()
	})
}
