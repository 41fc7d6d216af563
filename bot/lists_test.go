package bot

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// listShortcut has Ada choose the shortcut on a message, and returns the form as it is in the end.
func (h *env) listShortcut(user string, m slacktest.Message) slacktest.View {
	h.T.Helper()
	h.taken(h.Slack.MessageShortcut(h.T.Context(), h.server.URL, user, shortcutList, m))
	h.rest()
	return h.modal()
}

func TestAListInAFileIsProposed(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	file := h.Slack.ShareAs(bottest.Grace, bottest.Ops, "leavers.csv", []byte("\xef\xbb\xbfName;Phone\nAnn;(415) 555-0132\nBert;+1 415-555-0133\n"))
	form := h.listShortcut(bottest.Ada, file)
	wantView(t, form, "The list has 2 people", "+14155550132", "+14155550133", "Reason")
	list := written(blockkit.BlockList+"1", bottest.Ann+"\nbob")
	wrong := h.submit(form, list)
	assert.Equal(t, wrong[blockkit.BlockChat], "Pick a group chat.")
	wrong = h.submit(form, chatPick(bottest.ChatID), list)
	assert.Assert(t, strings.Contains(wrong[blockkit.BlockList+"1"], "Line 2: bob."), wrong)
	people := written(blockkit.BlockList+"1", bottest.Ann+"\n"+bottest.Bert)
	wrong = h.submit(form, chatPick(bottest.ChatID), people, written(blockkit.BlockReason, strings.Repeat("x", 301)))
	assert.Assert(t, strings.Contains(wrong[blockkit.BlockReason], "at most 300"), wrong)
	done := h.submit(form, chatPick(bottest.ChatID), people, written(blockkit.BlockReason, " left the firm "))
	assert.Assert(t, strings.Contains(done["view"], "2 people were understood"), done)
	assert.Assert(t, strings.Contains(done["view"], "the proposal follows in a direct message from linqbot"), done)
	b := h.awaitBatch("view-" + form.ID)
	assert.Equal(t, b.Because, "left the firm")
	assert.Equal(t, b.Job, ledger.List)
	assert.Equal(t, b.State, ledger.Proposed)
	assert.Equal(t, b.ChatID, bottest.ChatID)
	assert.Equal(t, len(b.Handles), 2)
}

func TestAPastedListIsProposed(t *testing.T) {
	t.Parallel()
	h := idle(t, envConfig{})
	form := h.listShortcut(bottest.Ada, h.Slack.PostAs(bottest.Grace, bottest.Ops, "", "<tel:+14155550132|+1 415-555-0132>\n<mailto:dora@example.com|dora@example.com>"))
	wantView(t, form, "The list has 2 people", "+14155550132", "dora@example.com")
}

// 500 people with long addresses fit into the form, and come back from it in their order.
func TestALongListFitsIntoTheForm(t *testing.T) {
	t.Parallel()
	h := newEnv(t, envConfig{})
	var people []string
	for i := range 500 {
		people = append(people, fmt.Sprintf("somebody.with.a.long.name.%03d@subsidiary.example.com", i))
	}
	form := h.listShortcut(bottest.Ada, h.Slack.ShareAs(bottest.Grace, bottest.Ops, "all.txt", []byte(strings.Join(people, "\n"))))
	wantView(t, form, "The list has 500 people", "People, part 9")
	fields := []slacktest.Field{chatPick(bottest.ChatID)}
	for i := range 10 {
		fields = append(fields, written(fmt.Sprintf("%s%d", blockkit.BlockList, 10-i), strings.Join(people[(9-i)*50:(10-i)*50], "\n")))
	}
	done := h.submit(form, fields...)
	assert.Assert(t, strings.Contains(done["view"], "500 people were understood"), done)
	b := h.awaitBatch("view-" + form.ID)
	assert.Equal(t, b.Handles[0].Value(), people[0])
	assert.Equal(t, b.Handles[499].Value(), people[499])
}

func TestListsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	share := func(content string) func(h *env) slacktest.Message {
		return func(h *env) slacktest.Message {
			return h.Slack.ShareAs(bottest.Grace, bottest.Ops, "list", []byte(content))
		}
	}
	for name, test := range map[string]struct {
		cfg     envConfig
		message func(h *env) slacktest.Message
		want    string
	}{
		"a wrong line":        {envConfig{}, share("Phone\n+14155550132\n1.4155550133E+10"), "Line 3: `1.4155550133E+10`"},
		"no text":             {envConfig{}, share("PK\x03\x04\x14\x00\x06\x00"), "This file is no text."},
		"a large file":        {envConfig{}, share(strings.Repeat("a@example.com\n", 80_000)), "larger than 1 MB"},
		"nobody":              {envConfig{}, share(" \n"), "Nobody is named in this list."},
		"without the scope":   {envConfig{slack: slacktest.Config{Scopes: []string{"commands", "chat:write"}}}, share(bottest.Ann), "`files:read`"},
		"a message of nobody": {envConfig{}, func(h *env) slacktest.Message { return h.Slack.PostAs(bottest.Grace, bottest.Ops, "", "hello there") }, "Line 1: `hello there`"},
		"who may not":         {envConfig{policy: policy.Policy{Users: []string{bottest.Grace}}}, share(bottest.Ann), "⛔"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := idle(t, test.cfg)
			form := h.listShortcut(bottest.Ada, test.message(h))
			wantView(t, form, test.want)
			wantNot(t, form, "Group chat")
			if name == "who may not" {
				assert.Equal(t, h.Calls("download"), 0, "nothing is read for who may not")
			}
		})
	}
}

// The token is sent to no other host.
func TestAFileThatSlackDoesNotKeep(t *testing.T) {
	t.Parallel()
	sentence := fileTrouble(slackapi.ErrNotSlacksFile).String()
	assert.Assert(t, strings.Contains(sentence, "not kept by Slack"), sentence)
}
