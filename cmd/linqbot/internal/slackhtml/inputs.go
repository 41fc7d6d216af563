package slackhtml

import (
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

// Option is one of a select menu.
type Option = slackmarkup.Option

// Filled is what a person filled in, by block and action id, and what is wrong with it, by block id. A field that is
// not in it keeps what the bot put there.
type Filled struct {
	Picked map[string][]Option
	Text   map[string]string
	Errors map[string]string
}

func key(blockID, actionID string) string { return blockID + " " + actionID }

func (f Filled) picked(blockID string, e slackmarkup.Element) []Option {
	if picked, ok := f.Picked[key(blockID, e.ActionID)]; ok {
		return picked
	}
	if e.InitialOption != nil {
		return []Option{*e.InitialOption}
	}
	return e.InitialOptions
}

func (f Filled) text(blockID string, e slackmarkup.Element) string {
	if text, ok := f.Text[key(blockID, e.ActionID)]; ok {
		return text
	}
	return e.InitialValue
}

// Options draws the options of a select menu; list is the id of the slackmarkup.Element that they stand in.
func (r Renderer) Options(list string, options, picked []Option) template.HTML {
	var s strings.Builder
	for i, option := range options {
		fmt.Fprintf(&s, `<li role="option" id="%s-%d" data-value="%s" aria-selected="%t"><span>%s</span>`,
			escaped(list), i, escaped(option.Value), contains(picked, option.Value), r.text(option.Text))
		if option.Description.Text != "" {
			s.WriteString(`<small>` + r.text(option.Description) + `</small>`)
		}
		s.WriteString(`</li>`)
	}
	return template.HTML(s.String()) //nolint:gosec // everything that people wrote went through html.EscapeString
}

func contains(options []Option, value string) bool {
	return slices.ContainsFunc(options, func(o Option) bool { return o.Value == value })
}

// Input is a field of a view, with what is filled in.
type Input struct {
	BlockID, ActionID string
	Key               string // names it in [Filled]
	Type              string
	Multi             bool // takes several options
	Written           bool // takes text
	Dispatch          bool // the bot wants to hear of a change at once
	Most              int  // options at the most; 0 for any number
	Options           []Option
	Picked            []Option
	Text              string
}

// Inputs returns the fields of a view's blocks.
func Inputs(blocks json.RawMessage, in Filled) []Input {
	all, err := slackmarkup.Blocks(blocks)
	if err != nil {
		return nil
	}
	var inputs []Input
	for _, b := range all {
		if b.Type != "input" || b.Element == nil {
			continue
		}
		e := *b.Element
		inputs = append(inputs, Input{
			BlockID: b.BlockID, ActionID: e.ActionID, Key: key(b.BlockID, e.ActionID), Type: e.Type,
			Multi:   strings.HasPrefix(e.Type, "multi_") || e.Type == "checkboxes",
			Written: e.Type == "plain_text_input", Dispatch: b.Dispatch, Most: e.Most, Options: e.Options,
			Picked: in.picked(b.BlockID, e), Text: in.text(b.BlockID, e),
		})
	}
	return inputs
}

// Missing returns, by block id, what Slack says of fields that must not be empty and are.
func Missing(blocks json.RawMessage, in Filled) map[string]string {
	all, err := slackmarkup.Blocks(blocks)
	if err != nil {
		return nil
	}
	missing := map[string]string{}
	inputs := Inputs(blocks, in)
	for _, b := range all {
		for _, i := range inputs {
			if i.BlockID == b.BlockID && !b.Optional && len(i.Picked) == 0 && strings.TrimSpace(i.Text) == "" {
				missing[b.BlockID] = "Please complete this required field."
			}
		}
	}
	return missing
}
