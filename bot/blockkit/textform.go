package blockkit

import (
	"encoding/json"

	"github.com/slack-go/slack"

	"linqbot/commands/parse"
	"linqbot/commands/richtext"
)

// ActionText is the action id of every field of a [textForm]; the ids of their blocks tell them apart.
const ActionText = "text"

// textForm is a form in which something is written.
type textForm struct {
	Callback string
	Title    string // 24 characters at most
	Submit   string
	Kept     any // what Slack hands back with the form, as JSON
	Note     richtext.Text
	Fields   []textField
}

// textField is a field of a [textForm].
type textField struct {
	Block, Label, Hint, Initial string
	Longest                     int // characters; 0 for Slack's own limit
	Optional, ManyLines         bool
}

// textForm builds the view.
func (r Renderer) textForm(f textForm) slack.ModalViewRequest {
	kept, _ := json.Marshal(f.Kept) // strings can be encoded
	var blocks []slack.Block
	if len(f.Note) > 0 {
		blocks = append(blocks, r.section(f.Note))
	}
	for _, each := range f.Fields {
		blocks = append(blocks, each.block())
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: f.Callback, PrivateMetadata: string(kept),
		Title: plain(f.Title), Close: plain("Cancel"), Submit: plain(f.Submit), Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func (f textField) block() slack.Block {
	element := slack.NewPlainTextInputBlockElement(nil, ActionText)
	element.Multiline, element.MaxLength, element.InitialValue = f.ManyLines, f.Longest, f.Initial
	var hint *slack.TextBlockObject
	if f.Hint != "" {
		hint = plain(f.Hint)
	}
	field := slack.NewInputBlock(f.Block, plain(f.Label), hint, element)
	field.Optional = f.Optional
	return field
}

// reasonField takes the reason that a person gives.
func reasonField() textField {
	return textField{Block: BlockReason, Label: "Reason", Optional: true, Longest: parse.LongestReason, Hint: "It is shown in the thread, and kept in the audit."}
}
