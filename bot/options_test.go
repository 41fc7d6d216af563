package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

// search opens the form without a chat, for an environment with some chats more.
func search(t *testing.T, cfg envConfig) (*env, slacktest.View) {
	t.Helper()
	h := newEnv(t, cfg)
	form := h.open("")
	return h, form
}

func TestFindingAChatInTheForm(t *testing.T) {
	t.Parallel()
	autumn := linqtest.Group("Autumn launch <&>", bottest.Line, "+14155550161", "eve@example.com", "+14155550163")
	autumn.ID = "aaaaaaaa-2222-4333-8444-555555555555"
	left := linqtest.Group("Winter", bottest.Line, "+14155550171", "+14155550172", "+14155550173")
	left.ID = "bbbbbbbb-2222-4333-8444-555555555555"
	left.People = append(left.People, linqtest.Person{Handle: bottest.Ann, Status: "left"})
	h, v := search(t, envConfig{linq: linqtest.Config{Chats: []linqtest.Chat{autumn, left, linqtest.OneToOne(bottest.Line, bottest.Ann)}}})
	for typed, want := range map[string][]string{
		"":                              {autumn.ID, left.ID, bottest.ChatID},
		"spring":                        {bottest.ChatID},
		"LAUNCH":                        {autumn.ID, bottest.ChatID},
		"launch autumn":                 {autumn.ID},
		"(415) 555-0132":                {bottest.ChatID},
		"+14155550161":                  {autumn.ID},
		"415 555 01":                    {autumn.ID, left.ID, bottest.ChatID},
		"Eve@Example.com":               {autumn.ID},
		bottest.ChatID[:6]:              {bottest.ChatID},
		bottest.ChatID:                  {bottest.ChatID},
		strings.ToUpper(bottest.ChatID): {bottest.ChatID},
		"<!channel>":                    {},
		"nothing like it":               {},
	} {
		got := h.suggest(v, typed)
		slices.Sort(got)
		slices.Sort(want)
		assert.DeepEqual(t, got, want)
	}
}

func TestAtMostAHundredChatsAreOffered(t *testing.T) {
	t.Parallel()
	var chats []linqtest.Chat
	for i := range 5000 {
		chat := linqtest.Group(fmt.Sprintf("Team %04d %s", i, strings.Repeat("é", 80)), bottest.Line, bottest.Ann, bottest.Bert, bottest.Cleo)
		chat.ID = fmt.Sprintf("%08x-2222-4333-8444-555555555555", i)
		chats = append(chats, chat)
	}
	h, v := search(t, envConfig{linq: linqtest.Config{Chats: chats}})
	h.suggest(v, "") // the first one may have to wait for the list
	h.await("the list", func() bool { return len(h.suggest(v, "team")) > 0 })
	assert.Equal(t, len(h.suggest(v, "team")), 100) // each within the 3 s that Slack waits
	assert.DeepEqual(t, h.suggest(v, "team 4321"), []string{"000010e1-2222-4333-8444-555555555555"})
	assert.Equal(t, len(h.suggest(v, "415 555 0132")), 100)
	assert.DeepEqual(t, h.suggest(v, "000010e1"), []string{"000010e1-2222-4333-8444-555555555555"})
}

// While Linq takes 10 s for a list, each letter is answered in time; and from the list afterwards,
// however slow Linq still is.
func TestTypingWhileLinqIsSlow(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 10 s")
	}
	h, v := search(t, envConfig{fresh: time.Minute})
	h.linq.Inject(linqtest.Fault{Op: linqtest.ListChats, Delay: 10 * time.Second})
	assert.DeepEqual(t, h.suggest(v, "s"), []string{})
	assert.DeepEqual(t, h.suggest(v, "sp"), []string{})
	h.await("the list", func() bool { return len(h.suggest(v, "spring")) == 1 })
	assert.DeepEqual(t, h.suggest(v, "spring"), []string{bottest.ChatID}) // within the 3 s that Slack waits, as Linq does not
	h.Clock.Pass(time.Hour)                                               // it is old, and is renewed behind the scenes
	assert.DeepEqual(t, h.suggest(v, "spring"), []string{bottest.ChatID})
	listings := 0
	for _, call := range h.linq.Calls() {
		if call.Op == linqtest.ListChats {
			listings++
		}
	}
	assert.Assert(t, listings <= 2, "%d listings", listings)
	h.linq.ClearFaults()
}

// A Linq that fails leaves the menu empty; the next letter tries again.
func TestTypingWhileLinqFails(t *testing.T) {
	t.Parallel()
	h, v := search(t, envConfig{})
	h.linq.Inject(linqtest.Fault{Op: linqtest.ListChats, Status: 503, Times: 1})
	assert.DeepEqual(t, h.suggest(v, "spring"), []string{})
	assert.DeepEqual(t, h.suggest(v, "spring"), []string{bottest.ChatID})
}

// A menu of another name finds nothing.
func TestAnUnknownMenu(t *testing.T) {
	t.Parallel()
	h, v := search(t, envConfig{})
	ack := h.taken(h.Slack.Suggest(t.Context(), h.server.URL, v, slacktest.Field{BlockID: "x", ActionID: "evil", Value: "spring"}))
	assert.Equal(t, string(ack.Body), `{"options":[]}`+"\n")
	assert.Equal(t, len(h.linq.Calls()), 0)
}

// Linq names a chat without a name by its people, whose numbers are masked.
func TestAnOptionOfAChatWithoutAName(t *testing.T) {
	t.Parallel()
	h, v := search(t, envConfig{})
	chat := linqtest.Group("", bottest.Line, "+14155550181", "+14155550182", "+14155550183")
	chat.ID = "cccccccc-2222-4333-8444-555555555555"
	h.linq.AddChat(chat)
	ack := h.taken(h.Slack.Suggest(t.Context(), h.server.URL, v, chatPick("0181 ")))
	assert.Assert(t, !strings.Contains(string(ack.Body), "4155550181"), "a chat without a name is named by its people: %s", ack.Body)
	assert.Assert(t, strings.Contains(string(ack.Body), chat.ID), "%s", ack.Body)
}
