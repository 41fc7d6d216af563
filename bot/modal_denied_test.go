package bot

import (
	"context"
	"sync"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/ledger"
)

// A form that somebody may not open is refused on the record, wherever they ask for it, and once.
func TestARefusedFormIsRecorded(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var denials []ledger.Denial
	h := newHouse(t, houseConfig{policy: commands.Policy{Users: []string{grace}, Denied: func(_ context.Context, d ledger.Denial) {
		mu.Lock()
		defer mu.Unlock()
		denials = append(denials, d)
	}}})
	message := h.slack.PostAs(ada, ops, "", "Please remove "+ann)
	h.taken(h.slack.Shortcut(t.Context(), h.server.URL, ada, shortcutGlobal))
	wantView(t, h.modal(), "You may not remove people")
	h.taken(h.slack.MessageShortcut(t.Context(), h.server.URL, ada, shortcutMessage, message))
	h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID})
	h.taken(h.slack.Shortcut(t.Context(), h.server.URL, grace, shortcutGlobal))
	h.command(slacktest.Command{UserID: grace, ChannelID: ops, Text: chatID})

	mu.Lock()
	defer mu.Unlock()
	denial := func(source ledger.Source, channel string) ledger.Denial {
		return ledger.Denial{Source: source, TeamID: h.slack.Config().TeamID, UserID: ada, ChannelID: channel, Rule: commands.DeniedByName}
	}
	assert.DeepEqual(t, denials, []ledger.Denial{denial(ledger.Modal, ""), denial(ledger.Modal, ops), denial(ledger.SlashCommand, ops)})
}
