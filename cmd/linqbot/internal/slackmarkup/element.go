package slackmarkup

import (
	"bytes"
	"encoding/json"
)

// Element has the fields of what can stand in a block: text, something to press, to choose or to write
// (reference/block-kit/block-elements).
type Element struct {
	Type        string     `json:"type"`
	ActionID    string     `json:"action_id"`
	Text        TextObject `json:"text"`
	Value       string     `json:"value"`
	Style       string     `json:"style"`
	URL         string     `json:"url"`
	AltText     string     `json:"alt_text"`
	Placeholder TextObject `json:"placeholder"`
	Confirm     *Confirm   `json:"confirm"`

	Options        []Option `json:"options"`
	InitialOption  *Option  `json:"initial_option"`
	InitialOptions []Option `json:"initial_options"`
	MinQuery       *int     `json:"min_query_length"`
	Most           int      `json:"max_selected_items"`

	Multiline    bool   `json:"multiline"`
	InitialValue string `json:"initial_value"`
	MaxLength    int    `json:"max_length"`

	Source json.RawMessage `json:"-"` // as it was sent
}

// Confirm is what Slack asks before it takes a press.
type Confirm struct {
	Title TextObject `json:"title"`
	Text  TextObject `json:"text"`
}

// Option is one of a select menu (reference/block-kit/composition-objects/option-object).
type Option struct {
	Text        TextObject `json:"text"`
	Value       string     `json:"value"`
	Description TextObject `json:"description"`
}

// UnmarshalJSON never fails: it keeps only the source of an element that cannot be read.
func (e *Element) UnmarshalJSON(raw []byte) error {
	type element Element
	if json.Unmarshal(raw, (*element)(e)) != nil {
		*e = Element{}
	}
	e.Source = bytes.Clone(raw)
	return nil
}

// Said returns the text of an element that is nothing but text.
func (e Element) Said() (TextObject, bool) {
	if e.Type != mrkdwn && e.Type != "plain_text" {
		return TextObject{}, false
	}
	return TextObject{Type: e.Type, Text: e.Text.Text}, true
}
