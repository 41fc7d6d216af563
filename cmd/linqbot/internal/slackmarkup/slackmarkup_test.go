package slackmarkup_test

import (
	"encoding/json"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

// people have the names that their ids say.
type people struct{}

func (people) UserName(id string) string    { return "name of " + id }
func (people) ChannelName(id string) string { return "channel " + id }
func (people) GroupHandle(id string) string { return "group " + id }

func reader() slackmarkup.Reader {
	return slackmarkup.Reader{Names: people{}, Now: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)}
}

// What is drawn of each kind of run is tested where it is drawn.
func TestMrkdwnIsATree(t *testing.T) {
	t.Parallel()
	got := reader().Mrkdwn("*a <@U1> _b_*\n> <https://x.y|z> <javascript:x|w>")
	assert.DeepEqual(t, got, []slackmarkup.Run{
		{Kind: slackmarkup.Strong, Runs: []slackmarkup.Run{
			{Text: "a "},
			{Kind: slackmarkup.Mention, Text: "@name of U1"},
			{Text: " "},
			{Kind: slackmarkup.Emphasis, Runs: []slackmarkup.Run{{Text: "b"}}},
		}},
		{Kind: slackmarkup.Quote, Runs: []slackmarkup.Run{
			{Kind: slackmarkup.Link, Text: "z", URL: "https://x.y"},
			{Text: " "},
			{Text: "w"},
		}},
	})
	assert.DeepEqual(t, reader().Text(slackmarkup.TextObject{Type: "plain_text", Text: "*a* &lt;\nb"}), []slackmarkup.Run{
		{Text: "*a* <"}, {Kind: slackmarkup.LineBreak}, {Text: "b"},
	})
}

// One block that cannot be read takes nothing from the others.
func TestBlocksThatCannotBeRead(t *testing.T) {
	t.Parallel()
	got, err := slackmarkup.Blocks(json.RawMessage(`[{"type":"section","fields":1}, {"type":"context","elements":[
		{"type":"mrkdwn","text":"*a*"}, {"type":"button","text":1}, {"type":"plain_text","text":"*b*"}]}, {"type":"markdown","text":"_c_"}]`))
	assert.NilError(t, err)
	assert.Equal(t, len(got), 3)
	assert.Equal(t, got[0].Type+got[0].BlockID, "b0")
	assert.Equal(t, string(got[0].Source), `{"type":"section","fields":1}`)
	said, ok := got[1].Elements[0].Said()
	assert.Assert(t, ok && said.Type == "mrkdwn")
	assert.Equal(t, got[1].Elements[1].Type, "")
	assert.Equal(t, string(got[1].Elements[1].Source), `{"type":"button","text":1}`)
	said, ok = got[1].Elements[2].Said()
	assert.Assert(t, ok && said.Type == "plain_text")
	assert.Equal(t, got[2].Text.Type, "mrkdwn")
	_, err = slackmarkup.Blocks(json.RawMessage(`{}`))
	assert.Assert(t, err != nil)
}
