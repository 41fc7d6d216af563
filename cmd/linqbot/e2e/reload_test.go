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
func (w *world) inFile(name, value string) (write func(value string)) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	write = func(value string) {
		w.t.Helper()
		assert.NilError(w.t, os.WriteFile(path, []byte(value+"\n"), 0o600))
	}
	delete(w.env, name)
	w.env[name+"_FILE"] = path
	write(value)
	return write
}

// hangUp sends SIGHUP, and waits until the bot has said what came of it.
func (b *botProcess) hangUp(w *world, says string) {
	b.t.Helper()
	before := strings.Count(b.logs.String(), "the settings were read again")
	assert.NilError(b.t, b.cmd.Process.Signal(syscall.SIGHUP))
	w.await("the settings to be read again", func() bool {
		return strings.Count(b.logs.String(), "the settings were read again") > before
	})
	log := b.logs.String()
	last := log[strings.LastIndex(strings.TrimRight(log[:strings.LastIndex(log, "the settings were read again")], "\n"), "\n")+1:]
	assert.Assert(b.t, strings.Contains(last, says), "without %q: %s", says, last)
}

// signedWith types help, signed with a secret, and returns what is answered or why it is not.
func (w *world) signedWith(secret string) string {
	w.t.Helper()
	out, mistakes, _ := w.run("send", "--bot", "http://"+w.addr, "--secret", secret, "--team", w.slack.Config().TeamID,
		"--user", alice, "--channel", channel, "/linq-remove help")
	return out + mistakes
}

const helps, refuses = "/linq-remove", "answered 401"

func TestHangUpChangesTheSigningSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	first := w.env["SLACK_SIGNING_SECRET"]
	const second = "the-second-signing-secret"
	write := w.inFile("SLACK_SIGNING_SECRET", first)
	w.inFile("SLACK_BOT_TOKEN", w.env["SLACK_BOT_TOKEN"])
	w.inFile("LINQ_API_V3_API_KEY", w.env["LINQ_API_V3_API_KEY"])
	b := w.start()

	w.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Delay: 2 * time.Second})
	w.remove(ann)
	w.await("the DELETE", func() bool { return w.linq.Deletes(w.chat, ann) == 1 })
	write(second)
	b.hangUp(w, "and are in force")
	assert.Assert(t, strings.Contains(w.signedWith(second), helps))
	assert.Assert(t, strings.Contains(w.signedWith(first), refuses))
	w.awaitOutcome("✅ +1 ••• ••• 0132 has left") // what was under way
	assert.Equal(t, w.linq.Deletes(w.chat, ann), 1)

	for _, broken := range []struct {
		how  string
		do   func()
		says string
	}{
		{"empty", func() { write("") }, "SLACK_SIGNING_SECRET_FILE names an empty file"},
		{"gone", func() { assert.NilError(t, os.Remove(w.env["SLACK_SIGNING_SECRET_FILE"])) }, "SLACK_SIGNING_SECRET_FILE cannot be read"},
	} {
		broken.do()
		b.hangUp(w, "the old ones stay in force")
		assert.Assert(t, strings.Contains(b.logs.String(), broken.says), broken.how)
		assert.Assert(t, strings.Contains(w.signedWith(second), helps), broken.how)
		assert.Assert(t, strings.Contains(w.signedWith(first), refuses), broken.how)
	}

	assert.Equal(t, strings.Count(b.logs.String(), "the old ones stay in force"), 2)

	write(first + "," + second)
	b.hangUp(w, "and are in force")
	assert.Assert(t, strings.Contains(w.signedWith(first), helps))
	assert.Assert(t, strings.Contains(w.signedWith(second), helps))
	b.terminate()
	<-b.done
	assert.Equal(t, b.cmd.ProcessState.ExitCode(), 0)
	for _, secret := range []string{first, second, w.slack.Config().BotToken, w.linq.APIKey()} {
		assert.Assert(t, !strings.Contains(b.logs.String(), secret), "the log holds %s", secret)
	}
}

// Linq's patience is the process's, and not that of the settings.
func TestHangUpKeepsThePause(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	w.inFile("ALLOWED_USERS", "*")
	b := w.start()
	w.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Status: 429, RetryAfter: 2 * time.Minute})
	w.remove(ann)
	w.await("the pause", func() bool { return strings.Contains(b.logs.String(), "Linq struggles") })
	calls := len(w.linq.Calls())
	b.hangUp(w, "and are in force")
	w.remove("+14155550133")
	w.await("the second to wait", func() bool {
		return slices.ContainsFunc(w.outcomes(), func(m slacktest.Message) bool {
			return strings.Contains(m.Rendered, "0133") && strings.Contains(m.Rendered, "try at")
		})
	})
	assert.Equal(t, len(w.linq.Calls()), calls)
}

func TestHangUpChangesKeysAndPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, linqtest.Config{})
	writeKey := w.inFile("LINQ_API_V3_API_KEY", "not-the-key")
	writeUsers := w.inFile("ALLOWED_USERS", alice)
	writeAddr := w.inFile("LISTEN_ADDR", w.addr)
	b := w.start()
	w.remove(ann)
	w.awaitOutcome("LINQ_API_V3_API_KEY")

	writeKey(w.linq.APIKey())
	writeAddr("127.0.0.1:1")
	b.hangUp(w, "and are in force")
	assert.Assert(t, strings.Contains(b.logs.String(), `"these take effect at the next start"`) && strings.Contains(b.logs.String(), `"variables":"LISTEN_ADDR"`))
	w.remove(ann)
	w.awaitOutcome("✅ +1 ••• ••• 0132 has left")

	writeUsers(bert)
	b.hangUp(w, "and are in force")
	if ack := w.remove("+14155550133"); strings.Contains(ack.Text, "is recorded") {
		t.Errorf("one who may no longer: %s", ack.Text)
	}
}
