package bot

import (
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/rails"
	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

func (h *env) audited(state ledger.State) (rows []audit.Row) {
	h.T.Helper()
	for row, err := range audit.Rows(h.T.Context(), h.Ledger.Reader(), audit.Filter{State: state}) {
		assert.NilError(h.T, err)
		rows = append(rows, row)
	}
	return rows
}

// lastModal returns the modal that was opened last.
func (h *env) lastModal() (last slacktest.View) {
	h.T.Helper()
	for _, v := range h.Slack.Views() {
		if v.Type == "modal" {
			last = v
		}
	}
	assert.Assert(h.T, last.ID != "")
	return last
}

// The form does not offer people who are protected, and a form that was opened before they were is refused.
func TestTheFormAndProtectedPeople(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{rails: rails.Rails{Protected: rails.Protect([]handle.Handle{handle.New(bottest.Bert)}, "US")}})
	v := h.open(bottest.ChatID)
	wantView(t, v, bottest.Ann, "Not offered: 1 person whom linqbot never removes")
	wantNot(t, v, bottest.Bert)
	answer := h.submit(v, chatPick(bottest.ChatID), peoplePick(bottest.Ann, bottest.Bert))
	assert.Assert(t, strings.Contains(answer["view"], "linqbot never removes"), answer)
	assert.Equal(t, len(h.linq.Events()), 0)
	denied := h.audited(ledger.Denied)
	assert.Equal(t, len(denied), 1)
	assert.Equal(t, denied[0].Rule, rails.DeniedProtected)
}

// An admin pauses removals at home, with a reason. What is asked for meanwhile says so everywhere, and is done once
// an admin resumes them.
func TestTheSwitchAtHome(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{admins: []string{bottest.Ada}})
	wantAtHome(t, h.openHome(bottest.Grace), nil, []string{"Pause all removals", "paused"})
	wantAtHome(t, h.openHome(bottest.Ada), []string{"[ Pause all removals… ]"}, nil)
	h.pressHome(bottest.Ada, commands.ActionPause, "")
	form := h.lastModal()
	answer := h.submit(form, slacktest.Field{BlockID: blockkit.BlockReason, ActionID: blockkit.ActionReason, Text: "the wrong <!channel> list"})
	assert.Assert(t, strings.Contains(answer["view"], "All removals are paused now"), answer)
	h.awaitHome(bottest.Ada, "[ Resume removals ]")
	wantAtHome(t, h.openHome(bottest.Grace), []string{"Removals are paused", "the wrong"}, []string{"Resume removals"})

	ack := h.command(slacktest.Command{UserID: bottest.Grace, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Ann})
	assert.Assert(t, strings.Contains(ack.Text, "is recorded") && strings.Contains(ack.Text, "Removals are paused"), ack.Text)
	assert.Assert(t, !strings.Contains(string(ack.Body), "<!channel>"))
	h.awaitReply("is recorded, and waits. Removals are paused")
	h.command(slacktest.Command{UserID: bottest.Grace, ChannelID: bottest.Ops, Text: bottest.ChatID})
	wantView(t, h.lastModal(), "Removals are paused")
	assert.Equal(t, len(h.linq.Events()), 0)

	h.pressHome(bottest.Ada, commands.ActionResume, "")
	h.awaitReply("0132 has left")
	assert.Equal(t, len(h.audited(ledger.RemovalsPaused)), 1)
	assert.Equal(t, h.audited(ledger.RemovalsPaused)[0].UserID, bottest.Ada)
	assert.Equal(t, h.audited(ledger.RemovalsPaused)[0].Reason, "the wrong <!channel> list")
	assert.Equal(t, len(h.audited(ledger.RemovalsResumed)), 1)
}

// A home that is older than ADMINS may still show the switch.
func TestTheSwitchPressedBySomebodyElse(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{admins: []string{bottest.Ada}})
	h.openHome(bottest.Grace)
	for _, action := range []string{commands.ActionPause, commands.ActionResume} {
		h.taken(h.Slack.SendInteraction(t.Context(), h.server.URL, map[string]any{
			"type": "block_actions", "user": map[string]any{"id": bottest.Grace, "team_id": bottest.Team}, "team": map[string]any{"id": bottest.Team},
			"trigger_id": "stale-" + action,
			"view":       map[string]any{"id": "V0STALE", "type": "home"},
			"actions":    []any{map[string]any{"action_id": action, "value": ""}},
		}))
		h.awaitHome(bottest.Grace, "Only the people whom ADMINS names")
	}
	h.taken(h.Slack.SendInteraction(t.Context(), h.server.URL, map[string]any{
		"type": "view_submission", "user": map[string]any{"id": bottest.Grace, "team_id": bottest.Team}, "team": map[string]any{"id": bottest.Team},
		"view": map[string]any{"id": "V0STALE", "type": "modal", "callback_id": blockkit.CallbackPause},
	}))
	denied := h.audited(ledger.Denied)
	assert.Equal(t, len(denied), 3)
	for _, row := range denied {
		assert.Equal(t, row.Rule, rails.DeniedToSwitch)
		assert.Equal(t, row.Source, ledger.HomeSwitch)
	}
	assert.Equal(t, len(h.audited(ledger.RemovalsPaused)), 0)
}

// A step that would be over the limit of a day says when it is possible again, and so does its dry run.
func TestAStepOverTheLimitOfADay(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{linq: linqtest.Config{Chats: moreChats(2)}, rails: rails.Rails{Limits: ledger.Limits{PerDay: 3}}})
	h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID + " " + bottest.Bert})
	h.awaitReply("has left")
	const over = "with this, people would have asked for more than 3 removals within 24 hours, as many as linqbot takes from all together. It is possible again at "
	run := func(id string, dryRun bool) slacktest.Execution {
		given := map[string]any{"handle": bottest.Ann, "dry_run": dryRun}
		assert.Equal(t, h.event(h.stepOf(ledger.OffboardFunction, id, given)), http.StatusOK)
		h.await("the step to end", func() bool { return h.execution(id).Status != slacktest.Running })
		return h.execution(id)
	}
	dry := run("Fx0", true)
	assert.Equal(t, dry.Status, slacktest.Completed, dry.Error)
	said, _ := dry.Outputs["message"].(string)
	assert.Assert(t, strings.Contains(said, "from 3 chats") && strings.Contains(said, "This would be refused: "+over), said)
	assert.Equal(t, len(h.audited(ledger.Denied)), 0)

	refused := run("Fx1", false)
	assert.Equal(t, refused.Status, slacktest.Failed)
	assert.Assert(t, strings.Contains(refused.Error, over), refused.Error)
	denied := h.audited(ledger.Denied)
	assert.Equal(t, len(denied), 1)
	assert.Equal(t, denied[0].Rule, rails.DeniedByDay)
	assert.Equal(t, h.linq.Deletes(bottest.ChatID, bottest.Ann), 0)
}
