package picture_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/cmd/linqbot/internal/picture"
)

type names struct{}

func (names) UserName(string) string    { return "Dana" }
func (names) ChannelName(string) string { return "launch" }
func (names) GroupHandle(string) string { return "group" }

func draw(messages ...picture.Message) (string, error) {
	svg, err := picture.SVG(picture.Channel{
		Name: "#launch", Typed: "/linq-remove <x>", Messages: messages, Names: names{}, Now: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC),
	})
	return string(svg), err
}

// All that it can draw. Look at the file in a browser after a change.
func TestSVG(t *testing.T) {
	t.Parallel()
	messages := []picture.Message{
		{Author: "Dana", At: "09:40", Text: "*Bold, _both_* and ~struck~ `code` <https://x.y|a link>\n\n&gt; quoted &amp; *bold*\n```a  b\nc```"},
		{Author: "linqbot", App: true, At: "09:41", Note: "Only visible to you", Text: "Who is <b> &amp; \"c\"? " + strings.Repeat("long ", 40) + "*end*."},
		{Author: "linqbot", App: true, At: "09:42", Reply: true, Text: "a notification", Blocks: json.RawMessage(`[
			{"type":"header","text":{"type":"plain_text","text":"A *header*"}},
			{"type":"section","text":{"type":"mrkdwn","text":"<@U1> in *Spring launch*"},"accessory":{"type":"button","text":{"type":"plain_text","text":"Beside"}}},
			{"type":"section","fields":[{"type":"mrkdwn","text":"_a field_"}]},
			{"type":"divider"},
			{"type":"context","elements":[{"type":"mrkdwn","text":"Trace id ` + "`x`" + `"},{"type":"plain_text","text":"*plain*"}]},
			{"type":"actions","elements":[
				{"type":"button","text":{"type":"plain_text","text":"Add back"}},
				{"type":"button","style":"danger","text":{"type":"plain_text","text":"Remove"}}]},
			{"type":"markdown","text":"the end"}]`)},
		{Author: "linqbot", App: true, At: "09:43", Reply: true, Text: "<!date^1773480413^{date_short_pretty} {time}|then>"},
	}
	drawn, err := draw(messages...)
	assert.NilError(t, err)
	golden.Assert(t, drawn, "channel.svg")
	decoder := xml.NewDecoder(strings.NewReader(drawn))
	for err = error(nil); err == nil; {
		_, err = decoder.Token()
	}
	assert.Assert(t, errors.Is(err, io.EOF), "%v", err)
	again, err := draw(messages...)
	assert.NilError(t, err)
	assert.Equal(t, again, drawn)
}

// A picture leaves nothing out.
func TestWhatThereIsNoDrawingOf(t *testing.T) {
	t.Parallel()
	for _, block := range []string{
		`{"type":"hologram"}`,
		`{"type":"context","elements":[{"type":"image","alt_text":"x"}]}`,
		`{"type":"actions","elements":[{"type":"static_select"}]}`,
		`{"type":"section","accessory":{"type":"image"}}`,
	} {
		_, err := draw(picture.Message{Blocks: json.RawMessage("[" + block + "]")})
		assert.ErrorContains(t, err, "there is no drawing of", block)
	}
}
