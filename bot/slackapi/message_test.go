package slackapi

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

func TestMessageText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		message string
		want    []string
	}{
		"text":    {`{"text":"hello"}`, []string{"hello"}},
		"nothing": {`{}`, nil},
		"blocks": {
			`{"text":"t","blocks":[{"type":"header","text":{"type":"plain_text","text":"head"}},{"type":"section","text":{"type":"mrkdwn","text":"body"},` +
				`"fields":[{"type":"mrkdwn","text":"left"},{"type":"mrkdwn","text":"right"}]},{"type":"context","elements":[{"type":"mrkdwn","text":"small"}]},` +
				`{"type":"markdown","text":"**md**"}]}`,
			[]string{"t", "head", "body", "left", "right", "small", "**md**"},
		},
		"rich text": {
			`{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Remove "},` +
				`{"type":"link","url":"tel:+14155550132","text":"415 555"},{"type":"text","text":" 0132","style":{"italic":true}}]},` +
				`{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://wa.me/1"}]}]}]}]}`,
			[]string{"Remove 415 555 0132", "tel:+14155550132", "https://wa.me/1", "https://wa.me/1"},
		},
		"parts of blocks": {
			`{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"body"},"accessory":{"type":"checkboxes","options":[` +
				`{"text":{"type":"plain_text","text":"+1 415 555 0132"},"description":{"type":"plain_text","text":"Ann"},"value":"hidden"}]}},` +
				`{"type":"video","title":{"type":"plain_text","text":"title"},"description":{"type":"plain_text","text":"about"},"title_url":"x"},` +
				`{"type":"card","title":{"type":"mrkdwn","text":"card"},"subtitle":{"type":"mrkdwn","text":"sub"},"body":{"type":"mrkdwn","text":"inside"}}]}`,
			[]string{"body", "+1 415 555 0132", "Ann", "title", "about", "card", "sub", "inside"},
		},
		"a button's value is not seen": {
			`{"blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Go"},"value":"14155550132"}]}]}`,
			[]string{"Go"},
		},
		"attachments": {
			`{"attachments":[{"pretext":"p","title":"t","text":"x","fields":[{"title":"Phone","value":"+1 415 555 0132"}],"fallback":"f","footer":"foot"}]}`,
			[]string{"p", "t", "x", "Phone", "+1 415 555 0132", "foot"},
		},
		"a fallback alone": {`{"attachments":[{"fallback":"f","color":7}]}`, []string{"f"}},
		"forwarded": {
			`{"text":"","attachments":[{"is_share":true,"text":"first","message_blocks":[{"message":{"blocks":[{"type":"section","text":{"text":"inner"}}]}}]}]}`,
			[]string{"first", "inner"},
		},
		"of strange types": {`{"text":7,"blocks":"b","attachments":{"text":"a"}}`, []string{"b", "a"}},
	} {
		var m Message
		assert.NilError(t, json.Unmarshal([]byte(test.message), &m), name)
		assert.Equal(t, m.Text(), strings.Join(test.want, "\n"), name)
	}
	var m Message
	assert.NilError(t, json.Unmarshal([]byte(`{"ts":"1.2","thread_ts":"1.1"}`), &m))
	assert.Equal(t, m.TS+m.ThreadTS, "1.21.1")
}

func FuzzMessageText(f *testing.F) {
	f.Add([]byte(`{"text":"x","blocks":[{"elements":[{"type":"text","text":"y"}]}],"attachments":[{"fields":[]}]}`))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		var m Message
		if json.Unmarshal(encoded, &m) != nil {
			return
		}
		if text := m.Text(); len(text) > longestText {
			t.Fatalf("%d bytes", len(text))
		}
	})
}
