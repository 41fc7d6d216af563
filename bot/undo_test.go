package bot

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// remove has Ada remove somebody, and returns the removal and the reply that says that they left.
func (h *env) remove(handle, words string) (ledger.Request, slacktest.Message) {
	h.T.Helper()
	ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + handle})
	m := h.awaitReply(words)
	return h.View(ack.TriggerID).Requests[0], m
}

func TestAddBack(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	removal, m := h.remove(bottest.Ann, "0132 has left")
	assert.Assert(t, strings.Contains(m.Rendered, "[ Add back ]"), m.Rendered)
	h.press(bottest.Grace, m, commands.ActionUndo)
	back := h.awaitReply("0132 is back in Spring launch")
	assert.Equal(t, back.ThreadTS, m.ThreadTS, "in the same thread")
	assert.Assert(t, strings.Contains(back.Rendered, "Asked for by @Grace"), back.Rendered)
	assert.Assert(t, !strings.Contains(back.Rendered, "[ "), "what is undone is not undone again: %s", back.Rendered)
	assert.Equal(t, len(h.Parents()), 1)
	assert.Equal(t, len(h.Slack.Ephemerals(bottest.Ops, bottest.Grace)), 0, "the thread says it all")
	undo, err := h.Ledger.UndoneBy(t.Context(), removal.ID)
	assert.NilError(t, err)
	assert.Equal(t, undo.Kind, ledger.Add)
	assert.Equal(t, undo.Source, ledger.UndoButton)
	assert.Equal(t, undo.State, ledger.Added)
	assert.Equal(t, undo.ThreadTS, m.ThreadTS)

	h.await("the offer to go", func() bool {
		return !strings.Contains(h.Slack.Thread(bottest.Ops, m.ThreadTS)[1].Rendered, "[ Add back ]")
	})
	h.press(bottest.Ada, m, commands.ActionUndo) // Slack of an older client still shows the button
	h.private(bottest.Ada, "is recorded", "already asked for by @Grace")
	assert.Equal(t, len(h.linq.Events()), 2, "left once, came back once")
}

// As a workflow's thread and a message's: the undo answers where the removal did.
func TestAddBackInAThreadThatIsNotOurs(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	asked := h.Slack.PostAs(bottest.Ada, bottest.Ops, "", "Please take them out")
	h.begin("Fx1", inputs("channel_id", bottest.Ops, "message_ts", asked.TS))
	h.press(bottest.Ada, h.awaitReply("0132 has left"), commands.ActionUndo)
	assert.Equal(t, h.awaitReply("0132 is back").ThreadTS, asked.TS)
	assert.Equal(t, len(h.Parents()), 1)
}

func TestAddBackIsOfferedForADay(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	removal, m := h.remove(bottest.Ann, "0132 has left")
	h.Clock.Pass(24*time.Hour - time.Minute)
	h.Settle(removal.Delivery)
	assert.Assert(t, strings.Contains(h.awaitReply("0132 has left").Rendered, "[ Add back ]"))
	before := h.Calls("chat.postMessage")
	h.Clock.Pass(2 * time.Minute)
	h.await("the end of the offer", func() bool { return !strings.Contains(h.awaitReply("0132 has left").Rendered, "[ ") })
	assert.Equal(t, h.Calls("chat.postMessage"), before, "nobody is told again")

	h.press(bottest.Ada, m, commands.ActionUndo) // on a screen that was not refreshed
	told := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	assert.Assert(t, strings.Contains(told[len(told)-1].Rendered, "24 hours"), "%+v", told)
	_, err := h.Ledger.UndoneBy(t.Context(), removal.ID)
	assert.ErrorIs(t, err, ledger.ErrNotFound)
	assert.Equal(t, h.linq.Effects(bottest.ChatID, bottest.Ann), 1)
}

// The button in a message for one alone: no thread can open there.
func TestAddBackWhereTheBotMayNotPost(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	h.Slack.SetMember(bottest.Ops, h.Slack.Config().BotUserID, false)
	ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
	last := func() slacktest.Message {
		all := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
		return all[len(all)-1]
	}
	h.await("the outcome", func() bool { return strings.Contains(last().Rendered, "0132 has left") })
	h.press(bottest.Ada, last(), commands.ActionUndo)
	h.await("the undo", func() bool { return strings.Contains(last().Rendered, "0132 is back") })
	undo, err := h.Ledger.UndoneBy(t.Context(), h.View(ack.TriggerID).Requests[0].ID)
	assert.NilError(t, err)
	assert.Equal(t, undo.ThreadTS, "")
	assert.Assert(t, strings.Contains(last().Rendered, "@Ada asked to add +1 ••• ••• 0132 back to Spring launch"), last().Rendered)
	assert.Equal(t, len(h.Slack.Messages(bottest.Ops)), 0)
}

// The button of a direct message answers in that message's thread.
func TestAddBackInADirectMessage(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcutGlobal))
	assert.Assert(t, h.submit(h.modal(), chatPick(bottest.ChatID), peoplePick(bottest.Ann)) == nil)
	dm := func() []slacktest.Message { return h.Slack.DirectMessages(bottest.Ada) }
	h.await("the outcome", func() bool { return len(dm()) > 0 && strings.Contains(dm()[0].Rendered, "0132 has left") })
	h.press(bottest.Ada, dm()[0], commands.ActionUndo)
	h.await("the undo", func() bool { return len(dm()) > 1 && strings.Contains(dm()[1].Rendered, "0132 is back") })
	assert.Equal(t, dm()[1].ThreadTS, dm()[0].TS)
	assert.Equal(t, len(h.Slack.Messages(bottest.Ops)), 0)
}

func TestWhoMayAddBack(t *testing.T) {
	t.Parallel()
	const mallory = "W0MALLORY"
	h := newEnv(t, envConfig{policy: policy.Policy{Users: []string{bottest.Ada, mallory}}})
	h.Slack.AddUser(slacktest.User{ID: mallory, TeamID: "T0PARTNER"})
	h.Slack.AddChannel(slacktest.Channel{ID: bottest.Ops, Name: "ops", BotMember: true, ExtShared: true})
	removal, m := h.remove(bottest.Ann, "0132 has left")
	h.press(mallory, m, commands.ActionUndo)
	h.private(mallory, "does not serve this workspace. Nothing was done.")
	h.press(bottest.Grace, m, commands.ActionUndo)
	h.private(bottest.Grace, "You may not")
	_, err := h.Ledger.UndoneBy(t.Context(), removal.ID)
	assert.ErrorIs(t, err, ledger.ErrNotFound)
	assert.Equal(t, len(h.linq.Events()), 1)

	h.press(bottest.Ada, m, commands.ActionUndo)
	h.awaitReply("0132 is back")
}

// If Linq cannot add somebody back, the thread says so.
func TestAddBackThatLinqRefuses(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	_, m := h.remove(bottest.Ann, "0132 has left")
	h.linq.LeaveByThemselves(bottest.ChatID, bottest.Line)
	h.press(bottest.Ada, m, commands.ActionUndo)
	h.await("the refusal", func() bool {
		thread := h.OnlyThread()
		return len(thread) == 3 && strings.HasPrefix(thread[2].Rendered, "⛔")
	})
}
