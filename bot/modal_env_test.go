package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
)

// modal returns the one view, as it now is.
func (h *env) modal() slacktest.View {
	h.T.Helper()
	views := h.Slack.Views()
	assert.Equal(h.T, len(views), 1)
	return views[0]
}

// open has Ada type the command with a text that opens the modal, and returns it once it is filled.
func (h *env) open(text string) slacktest.View {
	h.T.Helper()
	h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: text})
	return h.modal()
}

func wantView(t testing.TB, v slacktest.View, words ...string) {
	t.Helper()
	for _, word := range words {
		assert.Assert(t, strings.Contains(string(v.Body), word), "no %q in %s", word, v.Body)
	}
}

func wantNot(t testing.TB, v slacktest.View, words ...string) {
	t.Helper()
	for _, word := range words {
		assert.Assert(t, !strings.Contains(string(v.Body), word), "%q in %s", word, v.Body)
	}
}

func chatPick(id string) slacktest.Field {
	return slacktest.Field{BlockID: blockkit.BlockChat, ActionID: blockkit.ActionChat, Value: id}
}

func peoplePick(people ...string) slacktest.Field {
	return slacktest.Field{BlockID: blockkit.BlockPeople + bottest.ChatID, ActionID: blockkit.ActionPeople, Values: append([]string{}, people...)}
}

// submit sends the modal, and returns what is wrong with it by field; nil when it closes.
func (h *env) submit(v slacktest.View, fields ...slacktest.Field) map[string]string {
	h.T.Helper()
	ack := h.taken(h.Slack.Submit(h.T.Context(), h.server.URL, v, fields...))
	if len(ack.Body) == 0 {
		return nil
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	assert.NilError(h.T, json.Unmarshal(ack.Body, &answer))
	if answer.Action == "update" {
		assert.DeepEqual(h.T, slacktest.CheckView(answer.View), []string(nil))
		return map[string]string{"view": string(answer.View)}
	}
	assert.Equal(h.T, answer.Action, "errors")
	assert.Assert(h.T, len(answer.Errors) > 0)
	return answer.Errors
}

// suggest types into the search for a chat, and returns what is offered.
func (h *env) suggest(v slacktest.View, typed string) []string {
	h.T.Helper()
	field := chatPick(typed)
	ack := h.taken(h.Slack.Suggest(h.T.Context(), h.server.URL, v, field))
	var answer struct {
		Options []struct {
			Value string `json:"value"`
		} `json:"options"`
	}
	assert.NilError(h.T, json.Unmarshal(ack.Body, &answer))
	if len(answer.Options) == 0 {
		assert.Equal(h.T, string(ack.Body), `{"options":[]}`+"\n")
	}
	wantOptions(h.T, ack.Body)
	found := []string{}
	for _, option := range answer.Options {
		found = append(found, option.Value)
	}
	return found
}

// wantOptions holds the answer to a search against the limits of a menu.
func wantOptions(t testing.TB, body []byte) {
	t.Helper()
	if strings.Contains(string(body), `"options":[]`) {
		return // a menu in a message may not be empty, an answer may
	}
	var options map[string]any
	assert.NilError(t, json.Unmarshal(body, &options))
	options["type"], options["action_id"] = "static_select", "x"
	block, err := json.Marshal([]any{map[string]any{"type": "actions", "elements": []any{options}}})
	assert.NilError(t, err)
	assert.DeepEqual(t, slacktest.CheckMessage(block, "x"), []string(nil))
}
