package e2e_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// listings counts how often Linq was asked for the chats.
func (env *testEnv) listings() int {
	n := 0
	for _, call := range env.linq.Calls() {
		if call.Op == linqtest.ListChats {
			n++
		}
	}
	return n
}

// The chats are listed once after the start, so that the first answer can name one, and not for somebody who is denied.
func TestTheFirstAnswerNamesTheChat(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["ALLOWED_USERS"] = alice
	env.start()
	env.await("the chats to be listed", func() bool { return env.listings() == 1 })
	calls := 0
	env.await("Linq to be left alone", func() bool {
		before := calls
		calls = len(env.linq.Calls())
		return calls > 1 && calls == before
	})
	denied := env.send(slacktest.Command{UserID: bert, ChannelID: channel, Text: env.chat + " " + ann})
	assert.Assert(t, strings.Contains(denied.Text, "may not"), denied.Text)
	assert.Equal(t, len(env.linq.Calls()), calls, "a denied person has nothing looked up")
	ack := env.remove(ann)
	assert.Assert(t, strings.Contains(ack.Text, "Spring launch"), ack.Text)
	env.awaitOutcome("✅")
	assert.Equal(t, env.listings(), 1)
}

// A Linq that is down when linqbot starts is no error in the log.
func TestTheChatsCannotBeListed(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.linq.Inject(linqtest.Fault{Op: linqtest.ListChats, Status: 503, Code: 4004})
	b := env.start()
	env.await("the chats to be asked for", func() bool { return env.listings() == 1 })
	ack := env.remove(ann)
	assert.Assert(t, strings.Contains(ack.Text, env.chat), ack.Text)
	env.awaitOutcome("✅")
	assert.Assert(t, !strings.Contains(b.Logs.String(), `"level":"error"`), b.Logs.String())
}
