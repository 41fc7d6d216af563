package bot

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// The trigger lives 3 s: the form is there before anything is asked of Linq, which may hang.
func TestTheModalOpensAtOnce(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	h.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Delay: 5 * time.Second, Times: 1})
	ack, err := h.Slack.Send(t.Context(), h.server.URL, slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID})
	assert.NilError(t, err)
	assert.Equal(t, ack.Status, http.StatusOK)
	h.await("the modal", func() bool { return len(h.Slack.Views()) == 1 })
	wantView(t, h.modal(), "Reading the chat")
	wantNot(t, h.modal(), `"submit"`, `"input"`)
	opened := h.modal()
	h.rest()
	wantView(t, h.modal(), bottest.Spree, "+1 415-555-0132", "+1 415-555-0133", bottest.Dora, "7 people are in this chat, your line included: with one removed, 6 stay.")
	wantNot(t, h.modal(), bottest.Line, "202-555-0100")
	assert.Assert(t, opened.Hash != h.modal().Hash)
	for _, call := range h.Slack.Calls() {
		if call.Method == "views.update" {
			assert.Equal(t, call.Form.Get("hash"), opened.Hash)
		}
	}
}

// What comes late does not overwrite what the person did meanwhile.
func TestALateReadingOverwritesNothing(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	other := h.linq.AddChat(linqtest.Group("Other", bottest.Line, "+14155550151", "+14155550152", "+14155550153"))
	v := h.open("")
	wantNot(t, v, "people-")
	h.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Chat: bottest.ChatID, Delay: 700 * time.Millisecond, Times: 1})
	_, err := h.Slack.Pick(t.Context(), h.server.URL, v, chatPick(bottest.ChatID))
	assert.NilError(t, err)
	_, err = h.Slack.Pick(t.Context(), h.server.URL, v, chatPick(other))
	assert.NilError(t, err)
	h.rest()
	wantView(t, h.modal(), "people-"+other)
	wantNot(t, h.modal(), "people-"+bottest.ChatID)
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
		"proxy's":    {bottest.ChatID, &linqtest.Fault{Op: linqtest.GetChat, Status: 404, RawBody: "<html>"}, "could not be read"},
		"down":       {bottest.ChatID, &linqtest.Fault{Op: linqtest.GetChat, Status: 503}, "could not be read"},
		"dropped":    {bottest.ChatID, &linqtest.Fault{Op: linqtest.GetChat, Drop: linqtest.BeforeEffect}, "could not be read"},
		"nonsense":   {bottest.ChatID, &linqtest.Fault{Op: linqtest.GetChat, RawBody: "<html>"}, "could not be read"},
		"no key":     {bottest.ChatID, &linqtest.Fault{Op: linqtest.GetChat, Status: 401, Code: 2004}, "could not be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newEnv(t, envConfig{})
			if tc.chat == "" {
				tc.chat = h.linq.AddChat(linqtest.OneToOne(bottest.Line, bottest.Ann))
			}
			if tc.fault != nil {
				h.linq.Inject(*tc.fault)
			}
			wantView(t, h.open(tc.chat), tc.want, `"submit"`)
			h.linq.ClearFaults()
			h.taken(h.Slack.Pick(t.Context(), h.server.URL, h.modal(), chatPick(bottest.ChatID)))
			wantView(t, h.modal(), "people-"+bottest.ChatID)
			wantNot(t, h.modal(), tc.want)
		})
	}
}

// If Linq never answers, the modal says so before it is given up.
func TestAChatThatLinqNeverShows(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 10 s")
	}
	h := newEnv(t, envConfig{})
	h.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Delay: time.Minute})
	wantView(t, h.open(bottest.ChatID), "could not be read")
	h.linq.ClearFaults()
}

func TestWhatIsWrongShowsAtItsField(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	v := h.open(bottest.ChatID)
	many := make([]string, parse.MostHandles+1)
	for i := range many {
		many[i] = bottest.Ann
	}
	for name, tc := range map[string]struct {
		fields []slacktest.Field
		block  string
	}{
		"nothing":        {nil, blockkit.BlockChat},
		"no chat":        {[]slacktest.Field{peoplePick(bottest.Ann)}, blockkit.BlockChat},
		"no people yet":  {[]slacktest.Field{chatPick(bottest.ChatID)}, blockkit.BlockChat},
		"nobody":         {[]slacktest.Field{chatPick(bottest.ChatID), peoplePick()}, blockkit.BlockPeople + bottest.ChatID},
		"too many":       {[]slacktest.Field{chatPick(bottest.ChatID), peoplePick(many...)}, blockkit.BlockPeople + bottest.ChatID},
		"others' people": {[]slacktest.Field{chatPick("11111111-2222-4333-8444-555555555555"), peoplePick(bottest.Ann)}, blockkit.BlockChat},
		"no id":          {[]slacktest.Field{chatPick(bottest.Spree), peoplePick(bottest.Ann)}, blockkit.BlockChat},
		"gone meanwhile": {[]slacktest.Field{chatPick(bottest.ChatID), peoplePick("#00112233")}, blockkit.BlockPeople + bottest.ChatID},
	} {
		wrong := h.submit(v, tc.fields...)
		assert.Equal(t, len(wrong), 1, name)
		assert.Assert(t, strings.HasSuffix(wrong[tc.block], "."), "%s: %v", name, wrong)
	}
	assert.Assert(t, h.submit(v, chatPick(bottest.ChatID), peoplePick(bottest.Ann)) == nil, "all is well in the end")
}

func TestSubmittingRemovesEachOnceInOneThread(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	v := h.open(bottest.ChatID)
	for range 2 { // a double click
		assert.Assert(t, h.submit(v, chatPick(bottest.ChatID), peoplePick(bottest.Ann, bottest.Dora)) == nil)
	}
	h.awaitReply("0132 has left")
	h.awaitReply("d•••@example.com has left")
	thread := h.OnlyThread()
	bottest.WantMessages(t, thread, "@Ada asked to remove +1 ••• ••• 0132 and d", "has left", "has left")
	assert.Equal(t, h.deletes(bottest.Ann)+h.deletes(bottest.Dora), 2)
	requests := h.View("view-" + v.ID).Requests
	assert.Equal(t, len(requests), 2)
	assert.Equal(t, requests[0].Source, ledger.Modal)

	// What was removed by somebody else meanwhile is told in the form.
	h.Ask(bottest.Bert)
	h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID})
	views := h.Slack.Views()
	wrong := h.submit(views[len(views)-1], chatPick(bottest.ChatID), peoplePick(bottest.Bert, bottest.Cleo))
	assert.Assert(t, strings.Contains(wrong["view"], "already under way"), wrong)
}

// Slack keeps 75 characters of a value; an address can be longer, and can look like a digest.
func TestLongHandlesComeBackWhole(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 60) + "@" + strings.Repeat("long.", 10) + "example.com"
	const odd = "#ann@example.com"
	h := newEnv(t, envConfig{})
	chat := launch()
	chat.People = append(chat.People, linqtest.Person{Handle: long}, linqtest.Person{Handle: odd})
	h.linq.AddChat(chat)
	v := h.open(bottest.ChatID)
	var values []string
	for part := range strings.SplitSeq(string(v.Body), `"value":"`) {
		value, _, _ := strings.Cut(part, `"`)
		if strings.HasPrefix(value, "#") {
			values = append(values, value)
		}
	}
	assert.Equal(t, len(values), 2, "%s", v.Body)
	assert.Assert(t, h.submit(v, chatPick(bottest.ChatID), peoplePick(values...)) == nil)
	requests := h.View("view-" + v.ID).Requests
	assert.Equal(t, requests[0].Handle.Value(), long)
	assert.Equal(t, requests[1].Handle.Value(), odd)
}

func TestWhoMayNotSeesWhy(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{policy: policy.Policy{Users: []string{bottest.Grace}}})
	ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID})
	assert.Assert(t, strings.Contains(ack.Text, "You may not remove people"), ack.Text)
	assert.Equal(t, len(h.Slack.Views()), 0)

	h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcutGlobal))
	v := h.modal()
	wantView(t, v, "You may not remove people")
	wantNot(t, v, `"input"`)
	// Somebody who goes on all the same learns nothing, and does nothing.
	assert.DeepEqual(t, h.suggest(v, "Spring"), []string{})
	h.taken(h.Slack.Pick(t.Context(), h.server.URL, v, chatPick(bottest.ChatID)))
	wantNot(t, h.modal(), "0132")
	said := h.submit(v, chatPick(bottest.ChatID), peoplePick(bottest.Ann))
	assert.Assert(t, strings.Contains(said["view"], "You may not remove people"), said)
	_, err := h.Ledger.View(t.Context(), "view-"+v.ID)
	assert.ErrorIs(t, err, ledger.ErrNotFound)
	assert.Equal(t, len(h.linq.Calls()), 0)

	h = newEnv(t, envConfig{policy: policy.Policy{Users: []string{bottest.Grace}, Channels: []string{bottest.Ops}}})
	h.Slack.AddChannel(slacktest.Channel{ID: "C0OTHER", BotMember: true})
	elsewhere := h.Slack.PostAs(bottest.Grace, "C0OTHER", "", "Please remove "+bottest.Ann)
	h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Grace, shortcutMessage, elsewhere))
	wantView(t, h.modal(), "not allowed in this channel")
}

func TestAMessagesShortcutAnswersInItsThread(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	parent := h.Slack.PostAs(bottest.Grace, bottest.Ops, "", "Ann leaves us today")
	m := h.Slack.PostAs(bottest.Grace, bottest.Ops, parent.TS, "Please take <tel:+14155550132|(415) 555-0132> and nobody@example.com out of "+bottest.ChatID)
	h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Ada, shortcutMessage, m))
	v := h.modal()
	_, initial, _ := strings.Cut(string(v.Body), `"initial_options"`)
	assert.Assert(t, strings.Contains(initial, `"value":"+14155550132"`) && !strings.Contains(initial, `"value":"`+bottest.Bert), initial)
	wantView(t, v, "Not offered, though the message names them: *nobody@example.com*")
	assert.Assert(t, h.submit(v, chatPick(bottest.ChatID), peoplePick(bottest.Ann)) == nil)
	h.awaitReply("0132 has left")
	thread := h.Slack.Thread(bottest.Ops, parent.TS)
	bottest.WantMessages(t, thread, "Ann leaves us today", "Please take", "Asked for by @Ada")
	assert.Equal(t, len(h.Parents()), 1, "no parent of ours")
}

// Without a chat in the message, its people are picked once the chat is.
func TestAMessageThatNamesNoChat(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	m := h.Slack.PostAs(bottest.Grace, bottest.Ops, "", "Remove 415 555 0133, please")
	h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Ada, shortcutMessage, m))
	wantView(t, h.modal(), "The message names *+1 415-555-0133*. Pick the chat.")
	h.taken(h.Slack.Pick(t.Context(), h.server.URL, h.modal(), chatPick(bottest.ChatID)))
	v := h.modal()
	_, initial, _ := strings.Cut(string(v.Body), `"initial_options"`)
	assert.Assert(t, strings.Contains(initial, `"value":"`+bottest.Bert+`"`) && !strings.Contains(initial, `"value":"`+bottest.Ann), initial)
	assert.Assert(t, h.submit(v, chatPick(bottest.ChatID), peoplePick(bottest.Bert)) == nil)
	h.awaitReply("0133 has left")
	assert.Equal(t, len(h.Slack.Thread(bottest.Ops, m.TS)), 2, "the thread opens at the message")
}

// A global shortcut comes from no channel: the one who chose it is told.
func TestAGlobalShortcutAnswersByDirectMessage(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcutGlobal))
	wantView(t, h.modal(), `"external_select"`)
	h.taken(h.Slack.Pick(t.Context(), h.server.URL, h.modal(), chatPick(bottest.ChatID)))
	assert.Assert(t, h.submit(h.modal(), chatPick(bottest.ChatID), peoplePick(bottest.Ann)) == nil)
	h.await("the direct message", func() bool {
		told := h.Slack.DirectMessages(bottest.Ada)
		return len(told) == 1 && strings.Contains(told[0].Rendered, "has left")
	})
	bottest.WantMessages(t, h.Slack.DirectMessages(bottest.Ada), "@Ada asked to remove +1 ••• ••• 0132 from Spring launch")
	assert.Equal(t, len(h.Slack.Messages(bottest.Ops)), 0)
	assert.Equal(t, len(h.Slack.DirectMessages(bottest.Grace)), 0)
}

// Where Slack does not open the form, nothing is done; what the command answered says how to do without.
func TestAModalThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"down": {Status: http.StatusInternalServerError}, "late": {Error: "expired_trigger_id"},
		"no": {NoError: true}, "dropped": {Drop: slacktest.BeforeEffect},
	} {
		t.Run(name, func(t *testing.T) {
			h := newEnv(t, envConfig{})
			h.Fail("views.open", fault)
			ack := h.command(slacktest.Command{UserID: bottest.Ada, ChannelID: bottest.Ops, Text: bottest.ChatID})
			assert.Assert(t, strings.Contains(ack.Text, "/linq-remove <chatId> <handle>"), ack.Text)
			assert.Equal(t, len(h.Slack.Views()), 0)
			assert.Equal(t, h.Calls("views.update"), 0)
			assert.Assert(t, strings.Contains(h.Log.String(), "the modal was not opened"), h.Log)
		})
	}
}
