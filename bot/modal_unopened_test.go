package bot

import (
	"net/http"
	"testing"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
)

// A shortcut, or a button of the Home tab, whose form does not open has nothing else to answer with.
func TestAFormThatDoesNotOpenIsSaid(t *testing.T) {
	t.Parallel()
	const words = "Slack did not open the form. Nothing was removed."
	for name, fault := range map[string]slacktest.Fault{
		"down": {Status: http.StatusInternalServerError}, "late": {Error: "expired_trigger_id"}, "no view": {NoError: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, envConfig{})
			e.Fail("views.open", fault)
			e.taken(e.Slack.Shortcut(t.Context(), e.server.URL, bottest.Ada, shortcutGlobal))
			e.await("the direct message", func() bool { return len(e.Slack.DirectMessages(bottest.Ada)) == 1 })
			bottest.WantMessages(t, e.Slack.DirectMessages(bottest.Ada), words)

			message := e.Slack.PostAs(bottest.Ada, bottest.Ops, "", "Please remove "+bottest.Ann)
			e.taken(e.Slack.MessageShortcut(t.Context(), e.server.URL, bottest.Ada, shortcutMessage, message))
			e.await("the private message", func() bool { return len(e.Slack.Ephemerals(bottest.Ops, bottest.Ada)) == 1 })
			bottest.WantMessages(t, e.Slack.Ephemerals(bottest.Ops, bottest.Ada), words)
		})
	}
}
