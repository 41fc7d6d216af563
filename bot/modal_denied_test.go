package bot

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/ledger/audit"
)

// A form that somebody may not open is refused on the record, wherever they ask for it, and once.
func TestARefusedFormIsRecorded(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{policy: policy.Policy{Users: []string{bottest.Grace}}})
	message := h.Slack.PostAs(bottest.Ada, bottest.Ops, "", "Please remove "+bottest.Ann)
	h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcutGlobal))
	wantView(t, h.modal(), "You may not remove people")
	h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Ada, shortcutMessage, message))
	h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID})
	h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Grace, shortcutGlobal))
	h.command(slacktest.Command{UserID: bottest.Grace, ChannelID: bottest.Ops, Text: bottest.ChatID})

	denied := func(source ledger.Source, channel string) noted {
		return noted{State: ledger.Denied, Source: source, User: bottest.Ada, Channel: channel, Rule: "not named"}
	}
	read := func(source ledger.Source, channel string) noted {
		return noted{State: ledger.Read, Source: source, User: bottest.Grace, Channel: channel, Rule: "user " + bottest.Grace, Chat: bottest.ChatID}
	}
	h.await("the record", func() bool { return len(h.noted()) == 4 })
	assert.DeepEqual(t, h.noted(), []noted{
		denied(ledger.Modal, ""), denied(ledger.Modal, bottest.Ops), denied(ledger.SlashCommand, bottest.Ops), read(ledger.SlashCommand, bottest.Ops),
	})
}

// noted is a denial or a reading, as the audit has it.
type noted struct {
	State         ledger.State
	Source        ledger.Source
	User, Channel string
	Rule          string
	Chat          string
	Searched      string
}

// noted returns the denials and readings, oldest first.
func (h *env) noted() []noted {
	h.T.Helper()
	var all []noted
	for row, err := range audit.Rows(h.T.Context(), h.Ledger.Reader(), audit.Filter{}) {
		assert.NilError(h.T, err)
		if row.State == ledger.Denied || row.State == ledger.Read {
			all = append(all, noted{
				State: row.State, Source: row.Source, User: row.UserID, Channel: row.ChannelID, Rule: row.Rule,
				Chat: row.ChatID, Searched: row.Searched,
			})
		}
	}
	return all
}

// A form from a person who may not send it is not looked at. Linq is asked nothing, and the answer is always the same,
// so that it does not tell which chats exist.
func TestADeniedFormIsNotLookedAt(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	form := h.open(bottest.ChatID)
	denying, _ := h.program(envConfig{policy: policy.Policy{Users: []string{bottest.Grace}}})
	h.serve(denying)
	asked := len(h.linq.Calls())
	other := "99999999-2222-4333-8444-555555555555"
	digest := "#0123456789abcdef0123456789abcdef"
	var answers []string
	for i, fields := range [][]slacktest.Field{
		{chatPick(bottest.ChatID), peoplePick(bottest.Ann)},
		{chatPick(bottest.ChatID), peoplePick(digest)},
		{chatPick(other), {BlockID: blockkit.BlockPeople + other, ActionID: blockkit.ActionPeople, Values: []string{digest}}},
		{chatPick("no id")},
		{},
	} {
		form := form
		form.ID = fmt.Sprint("V", i)
		ack := h.taken(h.Slack.Submit(t.Context(), h.server.URL, form, fields...))
		answers = append(answers, string(ack.Body))
	}
	assert.Assert(t, strings.Contains(answers[0], "You may not remove people"), answers[0])
	for _, answer := range answers {
		assert.Equal(t, answer, answers[0])
	}
	assert.DeepEqual(t, h.suggest(form, "spring"), []string{})
	h.taken(h.Slack.Pick(t.Context(), h.server.URL, form, chatPick(bottest.ChatID)))
	assert.Equal(t, len(h.linq.Calls()), asked)
}
