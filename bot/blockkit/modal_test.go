package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// viewOf renders a modal, and holds it against Slack's limits.
func viewOf(t testing.TB, m Modal) (slack.ModalViewRequest, []byte) {
	t.Helper()
	view := acme.Modal(m)
	encoded, err := json.Marshal(view)
	assert.NilError(t, err)
	assert.DeepEqual(t, slacktest.CheckView(encoded), []string(nil))
	return view, encoded
}

// showView prints a modal for a golden file.
func showView(t testing.TB, title string, encoded []byte) string {
	t.Helper()
	var frame map[string]json.RawMessage
	assert.NilError(t, json.Unmarshal(encoded, &frame))
	blocks := frame["blocks"]
	delete(frame, "blocks")
	rest, err := json.Marshal(frame)
	assert.NilError(t, err)
	return fmt.Sprintf("== %s\n%s\n%s\n", title, rest, bottest.BlockLines(t, blocks))
}

func parseChat(t testing.TB) linq.ChatID {
	t.Helper()
	id, err := linq.ParseChatID(bottest.ChatID)
	assert.NilError(t, err)
	return id
}

// groupOf is a chat of our line and people.
func groupOf(t testing.TB, handles ...string) linq.Chat {
	t.Helper()
	chat := linq.Chat{ID: parseChat(t), DisplayName: bottest.Spree, IsGroup: true, Service: linq.ServiceIMessage}
	chat.Handles = append(chat.Handles, linq.Participant{Handle: handle.New(bottest.Line), Status: "active", IsMe: true})
	for _, person := range handles {
		chat.Handles = append(chat.Handles, linq.Participant{Handle: handle.New(person), Status: "active", Service: linq.ServiceIMessage})
	}
	return chat
}

func handles(list ...string) []handle.Handle {
	var all []handle.Handle
	for _, person := range list {
		all = append(all, handle.New(person))
	}
	return all
}

func TestViews(t *testing.T) {
	t.Parallel()
	launch := groupOf(t, bottest.Ann, bottest.Bert, bottest.Dora)
	launch.Handles = append(launch.Handles, linq.Participant{Handle: handle.New(bottest.Cleo), Status: "left"})
	here := Place{Channel: bottest.Ops, Thread: "1773480412.000100"}
	evil := groupOf(t, bottest.Ann)
	evil.DisplayName = "<!channel> *x* " + bottest.Ann + "\n" + strings.Repeat("long ", 40)
	alone := groupOf(t)
	var b strings.Builder
	for _, tc := range []struct {
		name string
		m    Modal
	}{
		{"empty", Modal{Place: Place{Channel: bottest.Ops}}},
		{"empty, from nowhere", Modal{}},
		{"reading", Modal{Place: here, Closed: true, Note: richtext.Say("⏳ Reading the chat.")}},
		{"who may not", Modal{Closed: true, Note: richtext.Say("⛔ You may not.")}},
		{"the message names people, and no chat", Modal{Place: here, Chosen: handles(bottest.Ann, bottest.Dora)}},
		{"a chat", Modal{Place: Place{Channel: bottest.Ops}, Chat: &launch}},
		{"a chat, and whom the message names", Modal{Place: here, Chat: &launch, Chosen: handles("DORA@example.com", bottest.Cleo, "+14155550199")}},
		{"nobody else in it", Modal{Chat: &alone}},
		{"an evil name", Modal{Chat: &evil}},
		{"trouble", Modal{Place: here, Note: richtext.Say("The chat could not be read.")}},
	} {
		_, encoded := viewOf(t, tc.m)
		b.WriteString(showView(t, tc.name, encoded))
	}
	golden.Assert(t, b.String(), "views.golden")
}

// Slack takes the view however large the chat and however long its handles, and every handle comes
// back whole.
func TestTheLargestViews(t *testing.T) {
	t.Parallel()
	var people []string
	for i := range 130 {
		switch i % 3 {
		case 0:
			people = append(people, fmt.Sprintf("+1415555%04d", i))
		case 1:
			people = append(people, fmt.Sprintf("%d-%s@%s.example.com", i, strings.Repeat("é", 50), strings.Repeat("x", 60)))
		default:
			people = append(people, fmt.Sprintf("%d%s@example.com", i, strings.Repeat("<", 63)))
		}
	}
	chat := groupOf(t, people...)
	chat.DisplayName = strings.Repeat("<&>\"", 500)
	view, _ := viewOf(t, Modal{Place: Place{Channel: bottest.Ops, Thread: "1.2"}, Chat: &chat, Chosen: handles(people...)})
	input, ok := view.Blocks.BlockSet[1].(*slack.InputBlock)
	assert.Assert(t, ok)
	menu, ok := input.Element.(*slack.MultiSelectBlockElement)
	assert.Assert(t, ok)
	assert.Equal(t, len(menu.Options), MostOptions)
	assert.Equal(t, len(menu.InitialOptions), parse.MostHandles, "no more than can be sent")
	values := make(map[string]bool)
	for i, option := range menu.Options {
		values[option.Value] = true
		handle, known := PersonOf(chat, option.Value)
		assert.Assert(t, known)
		assert.Equal(t, handle.Full(), people[i])
	}
	assert.Equal(t, len(values), MostOptions, "two people have the same value")
	for _, option := range menu.InitialOptions {
		assert.Assert(t, values[option.Value])
	}
	viewOf(t, Modal{Chosen: handles(people...), Note: richtext.Say("%s", strings.Repeat("x", 5000))})
}

// What the modal keeps comes back, and what an older version kept does no harm.
func TestWhatAModalKeeps(t *testing.T) {
	t.Parallel()
	here := Place{Channel: bottest.Ops, Thread: "1.2"}
	request, _ := viewOf(t, Modal{Place: here, Chosen: handles(bottest.Ann, bottest.Dora)})
	kept := MemoryOf(request.PrivateMetadata)
	assert.Equal(t, kept.Place, here)
	assert.DeepEqual(t, kept.People, []string{bottest.Ann, bottest.Dora})
	for _, old := range []string{"", "C0OPS", `{"c":7}`, "null", "[]"} {
		assert.Equal(t, MemoryOf(old).Thread, "")
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       "",
		"short":                  "short",
		strings.Repeat("é", 75):  strings.Repeat("é", 75),
		strings.Repeat("é", 76):  strings.Repeat("é", 74) + "…",
		strings.Repeat("x", 999): strings.Repeat("x", 74) + "…",
	} {
		assert.Equal(t, shorten(text), want)
	}
}
