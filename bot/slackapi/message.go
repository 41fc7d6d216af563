package slackapi

import (
	"encoding/json"
	"strings"
)

// Message is a message that Slack shows linqbot, as far as linqbot reads it.
type Message struct {
	TS       string
	ThreadTS string

	raw json.RawMessage
}

// UnmarshalJSON implements [json.Unmarshaler]. It takes any message.
func (m *Message) UnmarshalJSON(encoded []byte) error {
	var fields struct {
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
	}
	if err := Decode(encoded, &fields); err != nil {
		return err
	}
	m.TS, m.ThreadTS, m.raw = fields.TS, fields.ThreadTS, append(json.RawMessage(nil), encoded...)
	return nil
}

// Text is what people see of the message, in lines: its text, its blocks and attachments, and what was forwarded in
// it, in Slack's mark-up. Links show where they lead as well. The text often says the same as the blocks.
func (m Message) Text() string {
	var seen visible
	var message map[string]any
	if Decode(m.raw, &message) == nil {
		seen.object(message)
	}
	return strings.Join(seen.lines, "\n")
}

// OwnText is what its writer typed, in Slack's mark-up: nothing of what Slack added.
func (m Message) OwnText() string {
	var fields struct {
		Text string `json:"text"`
	}
	_ = Decode(m.raw, &fields) // without a text, it is empty
	return fields.Text
}

// Files are the files in the message.
func (m Message) Files() []File {
	var fields struct {
		Files []File `json:"files"`
	}
	_ = Decode(m.raw, &fields) // files that cannot be read are left out
	return fields.Files
}

// visible gathers the texts of a message.
type visible struct {
	lines []string
	bytes int
}

// longestText bounds what is gathered: more than the text of any message that people wrote.
const longestText = 1 << 20 // bytes

// partsInOrder are the fields of messages, blocks and attachments that show something, in about the order of what
// people see. Source: https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/messaging/formatting-message-text
func partsInOrder() []string {
	return []string{
		"pretext", "author_name", "title", "subtitle", "title_link", "label", "text", "body", "description", "url", "alt_text",
		"fields", "value", "options", "elements", "accessory", "rows", "message", "blocks", "attachments", "message_blocks", "footer", "fallback",
	}
}

func (v *visible) object(fields map[string]any) {
	if kind, _ := fields["type"].(string); kind == "button" || kind == "image" {
		delete(fields, "value")
		delete(fields, "url")
	}
	if _, isOption := fields["text"].(map[string]any); isOption {
		delete(fields, "value")
	}
	start := len(v.lines)
	for _, name := range partsInOrder() {
		if name == "fallback" && len(v.lines) > start {
			continue // it says the same for those who see nothing else
		}
		v.value(fields[name])
	}
}

func (v *visible) value(value any) {
	switch value := value.(type) {
	case string:
		if v.bytes += len(value) + 1; value != "" && v.bytes < longestText {
			v.lines = append(v.lines, value)
		}
	case []any:
		if isRichText(value) {
			v.richText(value)
			return
		}
		for _, each := range value {
			v.value(each)
		}
	case map[string]any:
		v.object(value)
	}
}

// isRichText recognises the pieces of a line, which are written one after the other.
func isRichText(elements []any) bool {
	for _, element := range elements {
		fields, ok := element.(map[string]any)
		if !ok {
			return false
		}
		switch fields["type"] {
		case "text", "link", "user", "channel", "usergroup", "emoji", "date", "broadcast", "team", "color":
		default:
			return false
		}
	}
	return len(elements) > 0
}

func (v *visible) richText(elements []any) {
	var line strings.Builder
	var links []string
	for _, element := range elements {
		fields, _ := element.(map[string]any)
		text, _ := fields["text"].(string)
		line.WriteString(text)
		if link, _ := fields["url"].(string); link != "" {
			if text == "" {
				line.WriteString(link)
			}
			links = append(links, link)
		}
	}
	v.value(line.String())
	for _, link := range links {
		v.value(link)
	}
}
