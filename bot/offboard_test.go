package bot

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/batch"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// moreChats are group chats with Ann in them, besides the one that each environment has.
func moreChats(count int) []linqtest.Chat {
	chats := make([]linqtest.Chat, count)
	for i := range chats {
		chats[i] = linqtest.Group(fmt.Sprintf("Chat %02d", i), bottest.Line, bottest.Ann, bottest.Bert, bottest.Cleo, bottest.Dora)
	}
	return chats
}

// awaitBatch waits until the batch of a delivery is planned.
func (h *env) awaitBatch(delivery string) ledger.Batch {
	h.T.Helper()
	var b ledger.Batch
	h.await("the plan", func() bool {
		var err error
		b, _, err = h.Ledger.AcceptBatch(h.T.Context(), ledger.BatchOrder{Delivery: delivery})
		assert.NilError(h.T, err)
		return b.State != ledger.Planning
	})
	return b
}

func (h *env) awaitEnd(b ledger.Batch) ledger.Batch {
	h.T.Helper()
	h.await("the end of the batch", func() bool {
		var err error
		b, err = h.Ledger.Batch(h.T.Context(), b.ID)
		assert.NilError(h.T, err)
		return !b.Open()
	})
	return b
}

// press presses a button of a proposal, which only its reader sees.
func (h *env) pressBatch(user, action string, b ledger.Batch) {
	h.T.Helper()
	h.taken(h.Slack.SendInteraction(h.T.Context(), h.server.URL, map[string]any{
		"type": "block_actions", "trigger_id": h.Slack.NewTriggerID(user), "response_url": h.Slack.NewResponseURL(bottest.Ops, user, ""),
		"team": map[string]any{"id": h.Slack.Config().TeamID}, "user": map[string]any{"id": user, "team_id": h.Slack.Config().TeamID},
		"channel":   map[string]any{"id": bottest.Ops},
		"container": map[string]any{"type": "message", "message_ts": "1.2", "channel_id": bottest.Ops, "is_ephemeral": true},
		"actions":   []any{map[string]any{"type": "button", "action_id": action, "block_id": "b", "value": b.ID}},
	}))
}

func written(block, text string) slacktest.Field {
	return slacktest.Field{BlockID: block, ActionID: blockkit.ActionText, Text: text}
}

func TestOffboardingIsAskedFor(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{linq: linqtest.Config{Chats: moreChats(2)}})
	ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Command: OffboardCommand, Text: "(415) 555-0132", TriggerID: "t1"})
	assert.Assert(t, strings.Contains(ack.Text, "Looking through the chats for +1 415-555-0132; the proposal follows here, for you alone."), ack.Text)
	b := h.awaitBatch("t1")
	assert.Equal(t, b.State, ledger.Proposed)
	assert.Equal(t, b.UserID, bottest.Ada)
	p, err := h.Ledger.Progress(t.Context(), b.ID)
	assert.NilError(t, err)
	assert.Equal(t, p.All, 3)
	h.pressBatch(bottest.Grace, batch.ActionConfirm, b)
	h.pressBatch(bottest.Ada, batch.ActionConfirm, b)
	assert.Equal(t, h.awaitEnd(b).State, ledger.Finished)
	assert.Equal(t, h.linq.Deletes(bottest.ChatID, bottest.Ann), 1)
}

// Somebody who is in a chat under the number of today and that of before leaves it under both.
func TestOffboardingOfAPersonWhoIsInAChatTwice(t *testing.T) {
	t.Parallel()
	const now, former = "+525512345678", "+5215512345678"
	h := newEnv(t, envConfig{linq: linqtest.Config{Chats: []linqtest.Chat{
		linqtest.Group("Twice", bottest.Line, former, now, bottest.Bert, bottest.Cleo, bottest.Dora),
	}}})
	h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Command: OffboardCommand, Text: now, TriggerID: "t1"})
	b := h.awaitBatch("t1")
	h.pressBatch(bottest.Ada, batch.ActionConfirm, b)
	h.awaitEnd(b)
	var chat string
	for item, err := range batch.Items(t.Context(), h.Ledger, b.ID) {
		assert.NilError(t, err)
		assert.Equal(t, item.Request.State, ledger.Removed, item.Handle.Value())
		chat = item.ChatID
	}
	for _, spelling := range []string{now, former} {
		assert.Equal(t, h.linq.Effects(chat, spelling), 1, spelling)
	}
}

func TestOffboardingIsMisread(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{policy: policy.Policy{Users: []string{bottest.Ada}}})
	for text, want := range map[string]string{
		"help":           "Nothing is done before you say yes",
		"bob":            "bob is neither a phone number nor an e-mail address",
		"415 555 01":     "Usage: /linq-offboard",
		"@ann, 41555501": "Usage: /linq-offboard",
		"anna":           "/linq-offboard alone opens a form; /linq-offboard help says more.",
	} {
		ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Command: OffboardCommand, Text: text})
		assert.Assert(t, strings.Contains(strings.ToLower(ack.Text), strings.ToLower(want)), ack.Text)
	}
	ack := h.command(slacktest.Command{UserID: "U0BOB", ChannelID: bottest.Ops, Command: OffboardCommand, Text: bottest.Ann})
	assert.Assert(t, strings.HasPrefix(ack.Text, "⛔"), ack.Text)
}

func TestTheNumberOfChatsIsTyped(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{linq: linqtest.Config{Chats: moreChats(20)}})
	h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Command: OffboardCommand, Text: bottest.Ann, TriggerID: "t1"})
	b := h.awaitBatch("t1")
	h.pressBatch(bottest.Ada, batch.ActionConfirm, b) // not offered
	h.pressBatch(bottest.Ada, batch.ActionType, b)
	h.rest()
	form := h.modal()
	wantView(t, form, "This is about 21 chats", "Type 21")
	assert.DeepEqual(t, h.submit(form, written(blockkit.BlockNumber, "20")), map[string]string{
		blockkit.BlockNumber: "That is not the number. To go on, type 21, for 21 chats.",
	})
	now, err := h.Ledger.Batch(t.Context(), b.ID)
	assert.NilError(t, err)
	assert.Equal(t, now.State, ledger.Proposed)
	assert.Assert(t, h.submit(form, written(blockkit.BlockNumber, "21")) == nil)
	assert.Equal(t, h.awaitEnd(b).State, ledger.Finished)
}

func TestTheFormForEveryChat(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcutAll))
	h.rest()
	form := h.modal()
	wantView(t, form, "Remove from all chats", "Phone number or e-mail", "Reason")
	wrong := h.submit(form, written(blockkit.BlockPerson, "bob"), written(blockkit.BlockReason, strings.Repeat("x", 301)))
	assert.Assert(t, strings.Contains(wrong[blockkit.BlockPerson], "neither a phone number nor"), wrong)
	wrong = h.submit(form, written(blockkit.BlockPerson, bottest.Ann), written(blockkit.BlockReason, strings.Repeat("x", 301)))
	assert.Assert(t, strings.Contains(wrong[blockkit.BlockReason], "at most 300"), wrong)
	done := h.submit(form, written(blockkit.BlockPerson, bottest.Ann), written(blockkit.BlockReason, " left the firm "))
	assert.Assert(t, strings.Contains(done["view"], "Looking through the chats"), done)
	assert.Assert(t, strings.Contains(done["view"], "the proposal follows in a direct message from linqbot"), done)
	b := h.awaitBatch("view-" + form.ID)
	assert.Equal(t, b.Because, "left the firm")
	assert.Equal(t, b.Source, ledger.Modal)
	assert.Equal(t, b.State, ledger.Proposed)
	assert.Assert(t, h.submit(form, written(blockkit.BlockPerson, bottest.Ann)) == nil, "sent twice")
}

// The form for one chat leads to the one for every chat, with whom the message names.
func TestFromOneChatToEveryChat(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	message := h.Slack.PostAs(bottest.Ada, bottest.Ops, "", "Please remove "+bottest.Ann)
	h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Ada, shortcutMessage, message))
	h.rest()
	wantView(t, h.modal(), "Remove from every chat…")
	h.taken(h.Slack.Pick(t.Context(), h.server.URL, h.modal(), slacktest.Field{BlockID: "x", ActionID: blockkit.ActionOffboard, Value: ""}))
	h.rest()
	wantView(t, h.modal(), "Remove from all chats", "+1 415-555-0132")
}

func TestTheStepThatOffboards(t *testing.T) {
	t.Parallel()
	small := linqtest.Group("Small", bottest.Line, bottest.Ann, bottest.Bert)
	h := newEnv(t, envConfig{linq: linqtest.Config{Chats: append(moreChats(2), small)}})
	given := map[string]any{"handle": bottest.Ann, "requested_by": bottest.Ada, "reason": "left the firm", "channel_id": bottest.Ops, "message_ts": "1.2", "dry_run": true}
	assert.Equal(t, h.event(h.stepOf(ledger.OffboardFunction, "Fx0", given)), http.StatusOK)
	h.await("the dry run to end", func() bool { return h.execution("Fx0").Status != slacktest.Running })
	assert.Equal(t, h.execution("Fx0").Outputs["status"], "dry_run")
	assert.Equal(t, h.execution("Fx0").Outputs["message"], "A dry run, so nothing was done: linqbot would remove +1 ••• ••• 0132 from 4 chats. "+
		"The chats: Chat 00, Chat 01, Small and Spring launch. Likely to be refused: 1 removal from groups in which fewer than 3 people would remain. This is about Small.")
	given["dry_run"] = false
	assert.Equal(t, h.event(h.stepOf(ledger.OffboardFunction, "Fx1", given)), http.StatusOK)
	h.await("the step to end", func() bool { return h.execution("Fx1").Status != slacktest.Running })
	done := h.execution("Fx1")
	assert.Equal(t, done.Status, slacktest.Completed, done.Error)
	assert.DeepEqual(t, done.Outputs, map[string]any{
		"status": "finished", "removed": 3.0, "refused": 1.0, "failed": 0.0, "message": "Of 4 chats: 3 removed, 1 refused, 0 failed.",
	})
	b := h.awaitBatch("Fx1")
	assert.Equal(t, b.Because, "left the firm")
	assert.Equal(t, b.ThreadTS, "1.2")
	assert.Equal(t, h.linq.Deletes(bottest.ChatID, bottest.Ann), 1)

	step := readManifest(t).Functions[ledger.OffboardFunction]
	assert.DeepEqual(t, slices.Sorted(maps.Keys(step.Outputs.Properties)), slices.Sorted(maps.Keys(done.Outputs)))
	for name := range step.Inputs.Properties {
		assert.Assert(t, given[name] != nil, name)
	}
	encoded, err := json.Marshal(given)
	assert.NilError(t, err)
	read, err := parse.DecodeStepInputs(string(encoded))
	assert.NilError(t, err)
	assert.Equal(t, read.Reason, "left the firm")
}

func TestStepsThatOffboardAreRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		cfg  envConfig
		in   map[string]any
		want string
	}{
		"not switched on":      {envConfig{noOffboarding: true}, map[string]any{"handle": bottest.Ann}, "WORKFLOW_OFFBOARD=on"},
		"steps are off":        {envConfig{off: true}, map[string]any{"handle": bottest.Ann}, "Workflow steps are switched off"},
		"no handle":            {envConfig{}, map[string]any{}, "The person is missing."},
		"no handle of anybody": {envConfig{}, map[string]any{"handle": "bob"}, "bob is neither a phone number nor an e-mail address"},
		"a reason in numbers":  {envConfig{}, map[string]any{"handle": bottest.Ann, "reason": 7}, "reason is not text, but a number"},
		"for somebody who may not": {
			envConfig{policy: policy.Policy{Users: []string{bottest.Ada}}},
			map[string]any{"handle": bottest.Ann, "requested_by": "U0BOB"},
			"may not remove people from Linq chats",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := idle(t, tc.cfg)
			assert.Equal(t, h.event(h.stepOf(ledger.OffboardFunction, "Fx1", tc.in)), http.StatusOK)
			h.look("Fx1")
			ended := h.execution("Fx1")
			assert.Equal(t, ended.Status, slacktest.Failed)
			assert.Assert(t, strings.Contains(ended.Error, tc.want), ended.Error)
		})
	}
}
