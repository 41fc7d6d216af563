package slacktest_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

// A click's response_url replaces the message that was clicked on, also one that only its reader sees.
func TestAnEphemeralMessageIsReplaced(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, err := api.PostEphemeralContext(t.Context(), ops, ada, text("Sure?"))
	assert.NilError(t, err)
	url := fake.NewResponseURL(ops, ada, fake.Ephemerals(ops, ada)[0].TS)
	assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "Done.", ReplaceOriginal: true}), 200)
	left := fake.Ephemerals(ops, ada)
	assert.Equal(t, len(left), 1)
	assert.Equal(t, left[0].Text, "Done.")
}

func TestShortcutsAndTypingArriveAsSlackSendsThem(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	bot := newBot(t, fake, "application/json", `{"options":[]}`)
	read := func() slack.InteractionCallback {
		payload, err := slack.InteractionCallbackParse(formRequest(t, bot.body))
		assert.NilError(t, err)
		return payload
	}
	parent := fake.PostAs(grace, ops, "", "parent")
	m := fake.PostAs(grace, ops, parent.TS, "take them out")
	_, err := fake.MessageShortcut(t.Context(), bot.url, ada, "remove_from_chat", m)
	assert.NilError(t, err)
	got := read()
	assert.Equal(t, got.Type, slack.InteractionTypeMessageAction)
	assert.Equal(t, got.Message.ThreadTimestamp+got.Message.Text+got.Channel.ID, parent.TS+"take them out"+ops)

	_, err = fake.Shortcut(t.Context(), bot.url, ada, "remove")
	assert.NilError(t, err)
	got = read()
	assert.Equal(t, got.Type, slack.InteractionTypeShortcut)
	title := slack.NewTextBlockObject(slack.PlainTextType, "Remove", false, false)
	_, err = api.OpenViewContext(t.Context(), got.TriggerID, slack.ModalViewRequest{
		Type: slack.VTModal, Title: title, CallbackID: "x", Blocks: slack.Blocks{BlockSet: []slack.Block{section("who")}},
	})
	assert.NilError(t, err)

	ack, err := fake.Suggest(t.Context(), bot.url, fake.Views()[0], slacktest.Field{BlockID: "b", ActionID: "a", Value: "spring"})
	assert.NilError(t, err)
	assert.Equal(t, string(ack.Body), `{"options":[]}`)
	got = read()
	assert.Equal(t, got.Type, slack.InteractionTypeBlockSuggestion)
	assert.Equal(t, got.Value+got.ActionID+got.View.CallbackID, "springax")
}

// formRequest is a request with that body, for the client's own parser.
func formRequest(t *testing.T, body []byte) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}
