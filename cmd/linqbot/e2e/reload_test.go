package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// inFile gives a variable by a file, and returns what writes that file.
func (env *testEnv) inFile(name, value string) (write func(value string)) {
	env.t.Helper()
	path := filepath.Join(env.dir, name)
	write = func(value string) {
		env.t.Helper()
		assert.NilError(env.t, os.WriteFile(path, []byte(value+"\n"), 0o600))
	}
	delete(env.vars, name)
	env.vars[name+"_FILE"] = path
	write(value)
	return write
}

// hangUp sends SIGHUP, and waits until the bot has said what came of it.
func (b *botProcess) hangUp(env *testEnv, says string) {
	b.t.Helper()
	before := strings.Count(b.Logs.String(), "the settings were read again")
	assert.NilError(b.t, b.Cmd.Process.Signal(syscall.SIGHUP))
	env.await("the settings to be read again", func() bool {
		return strings.Count(b.Logs.String(), "the settings were read again") > before
	})
	log := b.Logs.String()
	last := log[strings.LastIndex(strings.TrimRight(log[:strings.LastIndex(log, "the settings were read again")], "\n"), "\n")+1:]
	assert.Assert(b.t, strings.Contains(last, says), "without %q: %s", says, last)
}

// signedWith types help, signed with a secret, and returns what is answered or why it is not.
func (env *testEnv) signedWith(secret string) string {
	env.t.Helper()
	out, mistakes, _ := env.run("send", "--bot", "http://"+env.addr, "--secret", secret, "--team", env.slack.Config().TeamID,
		"--user", alice, "--channel", channel, "/linq-remove help")
	return out + mistakes
}

const helps, refuses = "/linq-remove", "answered 401"

func TestHangUpChangesTheSigningSecret(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	first := env.vars["SLACK_SIGNING_SECRET"]
	const second = "the-second-signing-secret"
	write := env.inFile("SLACK_SIGNING_SECRET", first)
	env.inFile("SLACK_BOT_TOKEN", env.vars["SLACK_BOT_TOKEN"])
	env.inFile("LINQ_API_V3_API_KEY", env.vars["LINQ_API_V3_API_KEY"])
	b := env.start()

	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: 2 * time.Second})
	env.remove(ann)
	env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, ann) == 1 })
	write(second)
	b.hangUp(env, "and are in force")
	assert.Assert(t, strings.Contains(env.signedWith(second), helps))
	assert.Assert(t, strings.Contains(env.signedWith(first), refuses))
	env.awaitOutcome("✅ +1 ••• ••• 0132 has left") // what was under way
	assert.Equal(t, env.linq.Deletes(env.chat, ann), 1)

	for _, broken := range []struct {
		how  string
		do   func()
		says string
	}{
		{"empty", func() { write("") }, "SLACK_SIGNING_SECRET_FILE names an empty file"},
		{"gone", func() { assert.NilError(t, os.Remove(env.vars["SLACK_SIGNING_SECRET_FILE"])) }, "SLACK_SIGNING_SECRET_FILE cannot be read"},
	} {
		broken.do()
		b.hangUp(env, "the old ones stay in force")
		assert.Assert(t, strings.Contains(b.Logs.String(), broken.says), broken.how)
		assert.Assert(t, strings.Contains(env.signedWith(second), helps), broken.how)
		assert.Assert(t, strings.Contains(env.signedWith(first), refuses), broken.how)
	}

	assert.Equal(t, strings.Count(b.Logs.String(), "the old ones stay in force"), 2)

	write(first + "," + second)
	b.hangUp(env, "and are in force")
	assert.Assert(t, strings.Contains(env.signedWith(first), helps))
	assert.Assert(t, strings.Contains(env.signedWith(second), helps))
	b.terminate()
	<-b.Done
	assert.Equal(t, b.Cmd.ProcessState.ExitCode(), 0)
	for _, secret := range []string{first, second, env.slack.Config().BotToken, env.linq.APIKey()} {
		assert.Assert(t, !strings.Contains(b.Logs.String(), secret), "the log holds %s", secret)
	}
}

// Linq's patience is the process's, and not that of the settings.
func TestHangUpKeepsThePause(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.inFile("ALLOWED_USERS", "*")
	b := env.start()
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Status: 429, RetryAfter: 2 * time.Minute})
	env.remove(ann)
	env.await("the pause", func() bool { return strings.Contains(b.Logs.String(), "Linq struggles") })
	calls := len(env.linq.Calls())
	b.hangUp(env, "and are in force")
	env.remove("+14155550133")
	env.await("the second to wait", func() bool {
		return slices.ContainsFunc(env.outcomes(), func(m slacktest.Message) bool {
			return strings.Contains(m.Rendered, "0133") && strings.Contains(m.Rendered, "try at")
		})
	})
	assert.Equal(t, len(env.linq.Calls()), calls)
}

func TestHangUpChangesKeysAndPolicy(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	writeKey := env.inFile("LINQ_API_V3_API_KEY", "not-the-key")
	writeUsers := env.inFile("ALLOWED_USERS", alice)
	writeAddr := env.inFile("LISTEN_ADDR", env.addr)
	b := env.start()
	env.remove(ann)
	env.awaitOutcome("LINQ_API_V3_API_KEY")

	writeKey(env.linq.APIKey())
	writeAddr("127.0.0.1:1")
	b.hangUp(env, "and are in force")
	assert.Assert(t, strings.Contains(b.Logs.String(), `"these take effect at the next start"`) && strings.Contains(b.Logs.String(), `"variables":"LISTEN_ADDR"`))
	env.remove(ann)
	env.awaitOutcome("✅ +1 ••• ••• 0132 has left")

	writeUsers(bert)
	b.hangUp(env, "and are in force")
	if ack := env.remove("+14155550133"); strings.Contains(ack.Text, "is recorded") {
		t.Errorf("one who may no longer: %s", ack.Text)
	}
}
