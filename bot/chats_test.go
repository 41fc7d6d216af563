package bot

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
	"linqbot/linq/linqtest"
)

func (h *env) findChats(words string) slacktest.Message {
	h.T.Helper()
	ack := h.command(slacktest.Command{Command: ChatsCommand, UserID: bottest.Ada, ChannelID: bottest.Ops, Text: words})
	assert.Equal(h.T, ack.ResponseType, "ephemeral")
	shown := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	return shown[len(shown)-1]
}

func TestTheListOfChats(t *testing.T) {
	t.Parallel()
	var chats []linqtest.Chat
	for i := range 19 {
		chat := linqtest.Group(fmt.Sprintf("Team %02d", i), bottest.Line, bottest.Ann, bottest.Bert, bottest.Cleo)
		chat.ID = fmt.Sprintf("%08x-2222-4333-8444-555555555555", i)
		chats = append(chats, chat)
	}
	h := newEnv(t, envConfig{linq: linqtest.Config{Chats: chats}})
	h.findChats("")
	seen := make(map[string]bool)
	for page := range 3 {
		assert.Equal(t, len(h.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 1, "each page takes the place of the one before")
		m := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)[0]
		for _, chat := range chats {
			seen[chat.ID] = seen[chat.ID] || strings.Contains(m.Rendered, chat.ID)
		}
		for _, number := range []string{bottest.Ann[1:], "555-0132", "5550132"} {
			assert.Assert(t, !strings.Contains(string(m.Blocks), number), "%s", m.Blocks)
		}
		more := strings.Contains(m.Rendered, "[ More chats ]")
		assert.Equal(t, more, page < 2)
		if more {
			h.press(bottest.Ada, m, commands.ActionMore)
		}
	}
	for id, shown := range seen {
		assert.Assert(t, shown, id)
	}

	// A process that has just started knows what the button asks for.
	first := h.findChats("team 1")
	restarted, _ := h.program(h.cfg)
	h.serve(restarted)
	h.press(bottest.Ada, first, commands.ActionMore)
	shown := h.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	assert.Assert(t, strings.Contains(shown[len(shown)-1].Rendered, "Team 1"), "%+v", shown)
}

func TestRemoveSomeoneOpensTheModalOnThatChat(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	m := h.findChats("spring")
	golden.Assert(t, bottest.BlockLines(t, m.Blocks), "chats.golden")
	assert.DeepEqual(t, slacktest.CheckMessage(m.Blocks, m.Text), []string(nil))
	h.press(bottest.Ada, m, commands.ActionPick)
	wantView(t, h.modal(), "people-"+bottest.ChatID, "+1 415-555-0132")
	assert.Assert(t, h.submit(h.modal(), chatPick(bottest.ChatID), peoplePick(bottest.Ann)) == nil)
	h.awaitReply("0132 has left")
	bottest.WantMessages(t, h.OnlyThread(), "asked for by @Ada", "has left")
}

func TestWhoMayNotFindsNoChats(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{policy: policy.Policy{Users: []string{bottest.Grace}}})
	m := h.findChats("spring")
	assert.Assert(t, strings.Contains(m.Rendered, "You may not"), m.Rendered)
	assert.Equal(t, len(h.linq.Calls()), 0)
}

// However long the names and the words, Slack takes the list.
func TestTheLongestListOfChats(t *testing.T) {
	t.Parallel()
	var chats []linqtest.Chat
	for i := range 30 {
		people := make([]string, 30)
		for j := range people {
			people[j] = fmt.Sprintf("p%d%s@%s.example.com", j, strings.Repeat("&", 50), strings.Repeat("x", 60))
		}
		chat := linqtest.Group(strings.Repeat("<&*_`long ", 200), bottest.Line, people...)
		chat.ID = fmt.Sprintf("%08x-2222-4333-8444-555555555555", i)
		chats = append(chats, chat)
	}
	h := newEnv(t, envConfig{linq: linqtest.Config{Chats: chats}})
	m := h.findChats("long")
	assert.Assert(t, strings.Contains(m.Rendered, "[ More chats ]"))
	h.press(bottest.Ada, m, commands.ActionMore)
	h.findChats(strings.Repeat("long ", 600)) // the words travel in a button, which has room for 2,000 characters
	assert.DeepEqual(t, h.Slack.Violations(), []string(nil))
}
