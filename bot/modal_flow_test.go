package bot

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// modal returns the one view, as it now is.
func (h *house) modal() slacktest.View {
	h.t.Helper()
	views := h.slack.Views()
	assert.Equal(h.t, len(views), 1)
	return views[0]
}

// open has Ada type the command with a text that opens the modal, and returns it once it is filled.
func (h *house) open(text string) slacktest.View {
	h.t.Helper()
	h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: text})
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
	return slacktest.Field{BlockID: blockChat, ActionID: actionChat, Value: id}
}

func peoplePick(people ...string) slacktest.Field {
	return slacktest.Field{BlockID: blockPeople + chatID, ActionID: actionPeople, Values: append([]string{}, people...)}
}

// submit sends the modal, and returns what is wrong with it by field; nil when it closes.
func (h *house) submit(v slacktest.View, fields ...slacktest.Field) map[string]string {
	h.t.Helper()
	ack := h.taken(h.slack.Submit(h.t.Context(), h.server.URL, v, fields...))
	if len(ack.Body) == 0 {
		return nil
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	assert.NilError(h.t, json.Unmarshal(ack.Body, &answer))
	if answer.Action == "update" {
		assert.DeepEqual(h.t, slacktest.CheckView(answer.View), []string(nil))
		return map[string]string{"view": string(answer.View)}
	}
	assert.Equal(h.t, answer.Action, "errors")
	assert.Assert(h.t, len(answer.Errors) > 0)
	return answer.Errors
}

// suggest types into the search for a chat, and returns what is offered.
func (h *house) suggest(v slacktest.View, typed string) []string {
	h.t.Helper()
	field := chatPick(typed)
	ack := h.taken(h.slack.Suggest(h.t.Context(), h.server.URL, v, field))
	var answer struct {
		Options []struct {
			Value string `json:"value"`
		} `json:"options"`
	}
	assert.NilError(h.t, json.Unmarshal(ack.Body, &answer))
	if len(answer.Options) == 0 {
		assert.Equal(h.t, string(ack.Body), `{"options":[]}`+"\n")
	}
	wantOptions(h.t, ack.Body)
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

// The trigger lives 3 s: the form is there before anything is asked of Linq, which may hang.
func TestTheModalOpensAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	h.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Delay: 5 * time.Second, Times: 1})
	began := time.Now()
	ack, err := h.slack.Send(t.Context(), h.server.URL, slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID})
	assert.NilError(t, err)
	assert.Equal(t, ack.Status, http.StatusOK)
	h.await("the modal", func() bool { return len(h.slack.Views()) == 1 })
	assert.Assert(t, time.Since(began) < 5*time.Second, "it waited for Linq")
	wantView(t, h.modal(), "Reading the chat")
	wantNot(t, h.modal(), `"submit"`, `"input"`)
	opened := h.modal()
	h.rest()
	wantView(t, h.modal(), spree, "+1 415-555-0132", "+1 415-555-0133", dora, "7 people are in this chat, your line included: with one removed, 6 stay.")
	wantNot(t, h.modal(), line, "202-555-0100")
	assert.Assert(t, opened.Hash != h.modal().Hash)
	for _, call := range h.slack.Calls() {
		if call.Method == "views.update" {
			assert.Equal(t, call.Form.Get("hash"), opened.Hash)
		}
	}
}

// What comes late does not overwrite what the person did meanwhile.
func TestALateReadingOverwritesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	other := h.linq.AddChat(linqtest.Group("Other", line, "+14155550151", "+14155550152", "+14155550153"))
	v := h.open("")
	wantNot(t, v, "people-")
	h.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Chat: chatID, Delay: 700 * time.Millisecond, Times: 1})
	_, err := h.slack.Pick(t.Context(), h.server.URL, v, chatPick(chatID))
	assert.NilError(t, err)
	_, err = h.slack.Pick(t.Context(), h.server.URL, v, chatPick(other))
	assert.NilError(t, err)
	h.rest()
	wantView(t, h.modal(), "people-"+other)
	wantNot(t, h.modal(), "people-"+chatID)
}

func TestAChatThatCannotBeShown(t *testing.T) {
	t.Parallel()
	const unknown = "11111111-2222-4333-8444-555555555555"
	for name, tc := range map[string]struct {
		chat  string
		fault *linqtest.Fault
		want  string
	}{
		"unknown":    {unknown, nil, "Linq knows no chat"},
		"one to one": {"", nil, "is a one-to-one chat"},
		"proxy's":    {chatID, &linqtest.Fault{Op: linqtest.GetChat, Status: 404, RawBody: "<html>"}, "could not be read"},
		"down":       {chatID, &linqtest.Fault{Op: linqtest.GetChat, Status: 503}, "could not be read"},
		"dropped":    {chatID, &linqtest.Fault{Op: linqtest.GetChat, Drop: linqtest.BeforeEffect}, "could not be read"},
		"nonsense":   {chatID, &linqtest.Fault{Op: linqtest.GetChat, RawBody: "<html>"}, "could not be read"},
		"no key":     {chatID, &linqtest.Fault{Op: linqtest.GetChat, Status: 401, Code: 2004}, "could not be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, houseConfig{})
			if tc.chat == "" {
				tc.chat = h.linq.AddChat(linqtest.OneToOne(line, ann))
			}
			if tc.fault != nil {
				h.linq.Inject(*tc.fault)
			}
			wantView(t, h.open(tc.chat), tc.want, `"submit"`)
			h.linq.ClearFaults()
			h.taken(h.slack.Pick(t.Context(), h.server.URL, h.modal(), chatPick(chatID)))
			wantView(t, h.modal(), "people-"+chatID)
			wantNot(t, h.modal(), tc.want)
		})
	}
}

// A Linq that never answers is said to, before the modal is given up.
func TestAChatThatLinqNeverShows(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 10 s")
	}
	h := newHouse(t, houseConfig{})
	h.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Delay: time.Minute})
	wantView(t, h.open(chatID), "could not be read")
	h.linq.ClearFaults()
}

func TestWhatIsWrongShowsAtItsField(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	v := h.open(chatID)
	many := make([]string, parse.MostHandles+1)
	for i := range many {
		many[i] = ann
	}
	for name, tc := range map[string]struct {
		fields []slacktest.Field
		block  string
	}{
		"nothing":        {nil, blockChat},
		"no chat":        {[]slacktest.Field{peoplePick(ann)}, blockChat},
		"no people yet":  {[]slacktest.Field{chatPick(chatID)}, blockChat},
		"nobody":         {[]slacktest.Field{chatPick(chatID), peoplePick()}, blockPeople + chatID},
		"too many":       {[]slacktest.Field{chatPick(chatID), peoplePick(many...)}, blockPeople + chatID},
		"others' people": {[]slacktest.Field{chatPick("11111111-2222-4333-8444-555555555555"), peoplePick(ann)}, blockChat},
		"no id":          {[]slacktest.Field{chatPick(spree), peoplePick(ann)}, blockChat},
		"gone meanwhile": {[]slacktest.Field{chatPick(chatID), peoplePick("#00112233")}, blockPeople + chatID},
	} {
		wrong := h.submit(v, tc.fields...)
		assert.Equal(t, len(wrong), 1, name)
		assert.Assert(t, strings.HasSuffix(wrong[tc.block], "."), "%s: %v", name, wrong)
	}
	assert.Assert(t, h.submit(v, chatPick(chatID), peoplePick(ann)) == nil, "all is well in the end")
}

func TestSubmittingRemovesEachOnceInOneThread(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	v := h.open(chatID)
	for range 2 { // a double click
		assert.Assert(t, h.submit(v, chatPick(chatID), peoplePick(ann, dora)) == nil)
	}
	h.awaitReply("0132 has left")
	h.awaitReply("d•••@example.com has left")
	thread := h.onlyThread()
	wantMessages(t, thread, "@Ada asked to remove +1 ••• ••• 0132 and d", "has left", "has left")
	assert.Equal(t, h.deletes(ann)+h.deletes(dora), 2)
	requests := h.view("view-" + v.ID).Requests
	assert.Equal(t, len(requests), 2)
	assert.Equal(t, requests[0].Source, ledger.Modal)

	// What was removed by somebody else meanwhile is told in the form.
	h.ask(bert)
	h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID})
	views := h.slack.Views()
	wrong := h.submit(views[len(views)-1], chatPick(chatID), peoplePick(bert, cleo))
	assert.Assert(t, strings.Contains(wrong["view"], "already under way"), wrong)
}

// Slack keeps 75 characters of a value; an address can be longer, and can look like a digest.
func TestLongHandlesComeBackWhole(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 60) + "@" + strings.Repeat("long.", 10) + "example.com"
	const odd = "#ann@example.com"
	h := newHouse(t, houseConfig{})
	chat := launch()
	chat.People = append(chat.People, linqtest.Person{Handle: long}, linqtest.Person{Handle: odd})
	h.linq.AddChat(chat)
	v := h.open(chatID)
	var values []string
	for part := range strings.SplitSeq(string(v.Body), `"value":"`) {
		value, _, _ := strings.Cut(part, `"`)
		if strings.HasPrefix(value, "#") {
			values = append(values, value)
		}
	}
	assert.Equal(t, len(values), 2, "%s", v.Body)
	assert.Assert(t, h.submit(v, chatPick(chatID), peoplePick(values...)) == nil)
	requests := h.view("view-" + v.ID).Requests
	assert.Equal(t, requests[0].Handle.Reveal(), long)
	assert.Equal(t, requests[1].Handle.Reveal(), odd)
}

func TestWhoMayNotSeesWhy(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{policy: policy.Policy{Users: []string{grace}}})
	ack := h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID})
	assert.Assert(t, strings.Contains(ack.Text, "You may not remove people"), ack.Text)
	assert.Equal(t, len(h.slack.Views()), 0)

	h.taken(h.slack.Shortcut(t.Context(), h.server.URL, ada, shortcutGlobal))
	v := h.modal()
	wantView(t, v, "You may not remove people")
	wantNot(t, v, `"input"`)
	// Somebody who goes on all the same learns nothing, and does nothing.
	assert.DeepEqual(t, h.suggest(v, "Spring"), []string{})
	h.taken(h.slack.Pick(t.Context(), h.server.URL, v, chatPick(chatID)))
	wantNot(t, h.modal(), "0132")
	said := h.submit(v, chatPick(chatID), peoplePick(ann))
	assert.Assert(t, strings.Contains(said["view"], "You may not remove people"), said)
	_, err := h.ledger.View(t.Context(), "view-"+v.ID)
	assert.ErrorIs(t, err, ledger.ErrNotFound)
	assert.Equal(t, len(h.linq.Calls()), 0)

	h = newHouse(t, houseConfig{policy: policy.Policy{Users: []string{grace}, Channels: []string{ops}}})
	h.slack.AddChannel(slacktest.Channel{ID: "C0OTHER", BotMember: true})
	elsewhere := h.slack.PostAs(grace, "C0OTHER", "", "Please remove "+ann)
	h.taken(h.slack.MessageShortcut(t.Context(), h.server.URL, grace, shortcutMessage, elsewhere))
	wantView(t, h.modal(), "not allowed in this channel")
}

func TestAMessagesShortcutAnswersInItsThread(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	parent := h.slack.PostAs(grace, ops, "", "Ann leaves us today")
	m := h.slack.PostAs(grace, ops, parent.TS, "Please take <tel:+14155550132|(415) 555-0132> and nobody@example.com out of "+chatID)
	h.taken(h.slack.MessageShortcut(t.Context(), h.server.URL, ada, shortcutMessage, m))
	v := h.modal()
	_, initial, _ := strings.Cut(string(v.Body), `"initial_options"`)
	assert.Assert(t, strings.Contains(initial, `"value":"+14155550132"`) && !strings.Contains(initial, `"value":"`+bert), initial)
	wantView(t, v, "Not offered, though the message names them: *nobody@example.com*")
	assert.Assert(t, h.submit(v, chatPick(chatID), peoplePick(ann)) == nil)
	h.awaitReply("0132 has left")
	thread := h.slack.Thread(ops, parent.TS)
	wantMessages(t, thread, "Ann leaves us today", "Please take", "Asked for by @Ada")
	assert.Equal(t, len(h.parents()), 1, "no parent of ours")
}

// Without a chat in the message, its people are picked once the chat is.
func TestAMessageThatNamesNoChat(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	m := h.slack.PostAs(grace, ops, "", "Remove 415 555 0133, please")
	h.taken(h.slack.MessageShortcut(t.Context(), h.server.URL, ada, shortcutMessage, m))
	wantView(t, h.modal(), "The message names *+1 415-555-0133*. Pick the chat.")
	h.taken(h.slack.Pick(t.Context(), h.server.URL, h.modal(), chatPick(chatID)))
	v := h.modal()
	_, initial, _ := strings.Cut(string(v.Body), `"initial_options"`)
	assert.Assert(t, strings.Contains(initial, `"value":"`+bert+`"`) && !strings.Contains(initial, `"value":"`+ann), initial)
	assert.Assert(t, h.submit(v, chatPick(chatID), peoplePick(bert)) == nil)
	h.awaitReply("0133 has left")
	assert.Equal(t, len(h.slack.Thread(ops, m.TS)), 2, "the thread opens at the message")
}

// A global shortcut comes from no channel: the one who chose it is told.
func TestAGlobalShortcutAnswersByDirectMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, houseConfig{})
	h.taken(h.slack.Shortcut(t.Context(), h.server.URL, ada, shortcutGlobal))
	wantView(t, h.modal(), `"external_select"`)
	h.taken(h.slack.Pick(t.Context(), h.server.URL, h.modal(), chatPick(chatID)))
	assert.Assert(t, h.submit(h.modal(), chatPick(chatID), peoplePick(ann)) == nil)
	h.await("the direct message", func() bool {
		told := h.slack.DirectMessages(ada)
		return len(told) == 1 && strings.Contains(told[0].Rendered, "has left")
	})
	wantMessages(t, h.slack.DirectMessages(ada), "@Ada asked to remove +1 ••• ••• 0132 from Spring launch")
	assert.Equal(t, len(h.slack.Messages(ops)), 0)
	assert.Equal(t, len(h.slack.DirectMessages(grace)), 0)
}

// Where Slack does not open the form, nothing is done; what the command answered says how to do without.
func TestAModalThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"down": {Status: http.StatusInternalServerError}, "late": {Error: "expired_trigger_id"},
		"no": {NoError: true}, "dropped": {Drop: slacktest.BeforeEffect},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, houseConfig{})
			h.fail("views.open", fault)
			ack := h.command(slacktest.Command{UserID: ada, ChannelID: ops, Text: chatID})
			assert.Assert(t, strings.Contains(ack.Text, "/linq-remove <chatId> <handle>"), ack.Text)
			assert.Equal(t, len(h.slack.Views()), 0)
			assert.Equal(t, h.calls("views.update"), 0)
			assert.Assert(t, strings.Contains(h.log.String(), "the modal was not opened"), h.log)
		})
	}
}
