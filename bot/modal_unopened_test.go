package bot

import (
	"net/http"
	"testing"
	"time"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
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

// A form that Slack opened without saying which is as good as none, to the switch too.
func TestAPauseFormThatDoesNotOpenIsSaid(t *testing.T) {
	t.Parallel()
	e := newEnv(t, envConfig{admins: []string{bottest.Ada}})
	e.openHome(bottest.Ada)
	e.Fail("views.open", slacktest.Fault{RawBody: `{"ok":true}`})
	e.pressHome(bottest.Ada, commands.ActionPause, "")
	e.await("the direct message", func() bool { return len(e.Slack.DirectMessages(bottest.Ada)) == 1 })
	bottest.WantMessages(t, e.Slack.DirectMessages(bottest.Ada), "Slack did not open the form. Removals are not paused.")
}

// A form is filled although Slack has trouble for a moment.
func TestAFormIsFilledAfterTrouble(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"down": {Status: http.StatusInternalServerError}, "limited": {RetryAfter: time.Second}, "no answer": {Drop: slacktest.BeforeEffect},
		"an answer that is lost": {Drop: slacktest.AfterEffect},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, envConfig{})
			fault.Method, fault.Times = "views.update", 1
			e.Slack.Inject(fault)
			wantView(t, e.open(bottest.ChatID), bottest.Spree)
			if calls := e.Calls("views.update"); calls != 2 {
				t.Errorf("%d updates", calls)
			}
		})
	}
}

// The person is told if a shortcut's form stays at "Reading the chat", and if a button in a form does nothing.
func TestAFormThatDoesNotChangeIsSaid(t *testing.T) {
	t.Parallel()
	const words = "Slack did not open the form. Nothing was removed."
	e := newEnv(t, envConfig{})
	form := e.open(bottest.ChatID)
	e.Fail("views.update", slacktest.Fault{Error: "not_enabled"})

	message := e.Slack.PostAs(bottest.Ada, bottest.Ops, "", "Please remove "+bottest.Ann+" from "+bottest.ChatID)
	e.taken(e.Slack.MessageShortcut(t.Context(), e.server.URL, bottest.Ada, shortcutMessage, message))
	e.await("the private message", func() bool { return len(e.Slack.Ephemerals(bottest.Ops, bottest.Ada)) == 2 }) // and the command's answer
	bottest.WantMessages(t, e.Slack.Ephemerals(bottest.Ops, bottest.Ada)[1:], words)

	e.taken(e.Slack.SendInteraction(t.Context(), e.server.URL, map[string]any{
		"type": "block_actions", "user": map[string]any{"id": bottest.Ada, "team_id": bottest.Team}, "team": nil,
		"trigger_id": "of-the-button", "view": map[string]any{"id": form.ID, "type": "modal", "hash": form.Hash},
		"actions": []any{map[string]any{"action_id": blockkit.ActionOffboard, "value": ""}},
	}))
	e.await("the direct message", func() bool { return len(e.Slack.DirectMessages(bottest.Ada)) == 1 })
	bottest.WantMessages(t, e.Slack.DirectMessages(bottest.Ada), words)
}

// A person who may not use a list hears so even if the form that says it does not open.
func TestADenialOfAListIsSaid(t *testing.T) {
	t.Parallel()
	e := newEnv(t, envConfig{policy: policy.Policy{Users: []string{bottest.Grace}}})
	e.Fail("views.open", slacktest.Fault{Error: "expired_trigger_id"})
	message := e.Slack.PostAs(bottest.Ada, bottest.Ops, "", bottest.Ann)
	e.taken(e.Slack.MessageShortcut(t.Context(), e.server.URL, bottest.Ada, shortcutList, message))
	e.await("the private message", func() bool { return len(e.Slack.Ephemerals(bottest.Ops, bottest.Ada)) == 1 })
	bottest.WantMessages(t, e.Slack.Ephemerals(bottest.Ops, bottest.Ada), "You may not")
}
