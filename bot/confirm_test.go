package bot

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

const yesRecorded = "is recorded."

// preview has Ada ask for removals in an environment that asks first, and returns the delivery and what she
// is shown.
func (h *env) preview(people ...string) (string, slacktest.Message) {
	h.T.Helper()
	ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + strings.Join(people, ", ")})
	assert.Equal(h.T, ack.ResponseType, "ephemeral")
	shown := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	return ack.TriggerID, shown[len(shown)-1]
}

func (h *env) state(delivery string) ledger.State {
	h.T.Helper()
	return h.View(delivery).Requests[0].State
}

func TestTheQuestion(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, tc := range []struct {
		name   string
		chat   func(*linqtest.Chat)
		people []string
	}{
		{"one person", nil, []string{"(415) 555-0132"}},
		{"several people", nil, []string{bottest.Ann, bottest.Dora}},
		{"too few stay", func(c *linqtest.Chat) { c.People = c.People[:3] }, []string{bottest.Ann}},
		{"not in it", nil, []string{"+14155550199"}},
		{"left", func(c *linqtest.Chat) { c.People[1].Status = "left" }, []string{bottest.Ann}},
		{"our own line", nil, []string{bottest.Line}},
		{"a text message group", func(c *linqtest.Chat) { c.Service = "SMS" }, []string{bottest.Ann}},
		{"an evil name", func(c *linqtest.Chat) { c.DisplayName = "<!channel> *x* " + bottest.Ann }, []string{bottest.Ann}},
	} {
		t.Run(tc.name, func(t *testing.T) { // an environment at a time
			h := idle(t, envConfig{ask: true})
			chat := launch()
			if tc.chat != nil {
				tc.chat(&chat)
			}
			h.linq.AddChat(chat)
			d, m := h.preview(tc.people...)
			b.WriteString("== " + tc.name + "\n" + strings.ReplaceAll(bottest.BlockLines(t, m.Blocks), d, "DELIVERY") + "\n")
			assert.Equal(t, h.state(d), ledger.Asked)
			assert.Equal(t, len(slacktest.CheckMessage(m.Blocks, m.Text)), 0)
		})
	}
	golden.Assert(t, b.String(), "question.golden")
}

func TestYesRemovesOnce(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	d, m := h.preview(bottest.Ann, bottest.Bert)
	assert.Equal(t, len(h.Slack.Messages(bottest.Ops)), 0, "nothing is shown before the yes")
	h.press(bottest.Ada, m, commands.ActionConfirm)
	h.private(bottest.Ada, yesRecorded)
	h.awaitReply("0132 has left")
	h.awaitReply("0133 has left")
	h.press(bottest.Ada, m, commands.ActionConfirm) // the second half of a double click
	h.press(bottest.Ada, m, commands.ActionCancel)  // too late
	h.private(bottest.Ada, "before")
	assert.Equal(t, len(h.Parents()), 1)
	assert.Equal(t, h.deletes(bottest.Ann)+h.deletes(bottest.Bert), 2)
	assert.Equal(t, h.state(d), ledger.Removed)
}

// Both clicks of a double click at once.
func TestADoubleClickRemovesOnce(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	_, m := h.preview(bottest.Ann)
	done := make(chan error, 4)
	for range cap(done) {
		go func() {
			_, err := h.Slack.Press(t.Context(), h.server.URL, bottest.Ada, m, commands.ActionConfirm)
			done <- err
		}()
	}
	for range cap(done) {
		assert.NilError(t, <-done)
	}
	h.awaitReply("0132 has left")
	assert.Equal(t, h.deletes(bottest.Ann), 1)
	assert.Equal(t, len(h.Parents()), 1)
}

func TestNoRemovesNothing(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	d, m := h.preview(bottest.Ann)
	h.press(bottest.Ada, m, commands.ActionCancel)
	h.private(bottest.Ada, "Nothing was removed.")
	assert.Assert(t, !strings.Contains(h.Slack.Ephemerals(bottest.Ops, bottest.Ada)[0].Rendered, "[ "), "the buttons are gone")
	h.press(bottest.Ada, m, commands.ActionConfirm)
	h.private(bottest.Ada, "Nothing was removed.")
	assert.Equal(t, h.state(d), ledger.Cancelled)
	assert.Equal(t, h.deletes(bottest.Ann), 0)
	assert.Equal(t, len(h.Slack.Messages(bottest.Ops)), 0)

	_, m = h.preview(bottest.Ann) // a new question is a new one
	h.press(bottest.Ada, m, commands.ActionConfirm)
	h.awaitReply("0132 has left")
	assert.Equal(t, h.deletes(bottest.Ann), 1)
}

func TestOnlyTheOneWhoAskedDecides(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	d, m := h.preview(bottest.Ann)
	for _, action := range []string{commands.ActionConfirm, commands.ActionCancel} {
		h.press(bottest.Grace, m, action)
	}
	h.private(bottest.Grace, "Only @Ada", "Only @Ada")
	assert.Equal(t, h.state(d), ledger.Asked)
	assert.Equal(t, h.deletes(bottest.Ann), 0)
	assert.Assert(t, strings.Contains(h.Slack.Ephemerals(bottest.Ops, bottest.Ada)[0].Rendered, "[ Remove ]"), "it is still hers to decide")
}

func TestAQuestionExpires(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	d, m := h.preview(bottest.Ann)
	h.Clock.Pass(10*time.Minute + time.Second)
	h.press(bottest.Ada, m, commands.ActionConfirm)
	h.private(bottest.Ada, "Nothing was removed.")
	h.await("the end of the question", func() bool { return h.state(d) == ledger.Cancelled })
	assert.Equal(t, h.deletes(bottest.Ann), 0)

	d, m = h.preview(bottest.Ann)
	h.Clock.Pass(9 * time.Minute)
	h.press(bottest.Ada, m, commands.ActionConfirm)
	h.awaitReply("0132 has left")
	assert.Equal(t, h.state(d), ledger.Removed)
}

// Another process, with another policy: a click is authorised by what holds when it is made.
func TestAClickIsAuthorisedAgain(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	d, m := h.preview(bottest.Ann)
	first := h.bot
	stricter, _ := h.program(envConfig{ask: true, policy: policy.Policy{Users: []string{bottest.Grace}}})
	h.serve(stricter)
	h.press(bottest.Ada, m, commands.ActionConfirm)
	said := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	assert.Assert(t, strings.Contains(said[len(said)-1].Rendered, "You may not remove people"), "%+v", said)
	assert.Equal(t, h.state(d), ledger.Asked)
	assert.Equal(t, h.deletes(bottest.Ann), 0)

	h.serve(first)
	h.press(bottest.Ada, m, commands.ActionConfirm)
	h.awaitReply("0132 has left")
}

// A button whose question is not in the ledger, as after a restore.
func TestAYesToAnUnknownQuestion(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{ask: true})
	_, m := h.preview(bottest.Ann)
	unknown := m
	unknown.Blocks = []byte(strings.ReplaceAll(string(m.Blocks), `"value":"`, `"value":"x`))
	h.press(bottest.Ada, unknown, commands.ActionConfirm)
	h.private(bottest.Ada, "Nothing was removed.")
	assert.Equal(t, h.deletes(bottest.Ann), 0)
}
