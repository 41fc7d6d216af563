package slackmarkup

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Block has the fields of the blocks that can be drawn (reference/block-kit/blocks).
type Block struct {
	Type      string       `json:"type"`
	BlockID   string       `json:"block_id"`
	Text      *TextObject  `json:"text"`
	Fields    []TextObject `json:"fields"`
	Accessory *Element     `json:"accessory"`
	Elements  []Element    `json:"elements"`

	Label    TextObject `json:"label"`
	Hint     TextObject `json:"hint"`
	Element  *Element   `json:"element"`
	Optional bool       `json:"optional"`
	Dispatch bool       `json:"dispatch_action"`

	Title    TextObject `json:"title"`
	ImageURL string     `json:"image_url"`
	AltText  string     `json:"alt_text"`

	Source json.RawMessage `json:"-"` // as it was sent
}

// Blocks decodes blocks, and gives those without an id one, as Slack does. It keeps only the source of a block that
// cannot be read.
func Blocks(raw json.RawMessage) ([]Block, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var sources []json.RawMessage
	if err := json.Unmarshal(raw, &sources); err != nil {
		return nil, err
	}
	all := make([]Block, len(sources))
	for i, source := range sources {
		var b Block
		if json.Unmarshal(source, &b) != nil {
			b = Block{}
		}
		if b.BlockID == "" {
			b.BlockID = fmt.Sprintf("b%d", i)
		}
		b.Source = source
		all[i] = b
	}
	return all, nil
}

const mrkdwn = "mrkdwn"

// TextObject is text of either type.
type TextObject struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// UnmarshalJSON also takes a text alone, which a block of markdown has.
func (t *TextObject) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`"`)) {
		t.Type = mrkdwn
		return json.Unmarshal(raw, &t.Text)
	}
	type object TextObject
	return json.Unmarshal(raw, (*object)(t))
}

// Words are the text with Slack's entities resolved and its mark-up left in.
func (t TextObject) Words() string { return resolved(t.Text) }
