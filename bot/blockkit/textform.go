package blockkit

import (
	"encoding/json"

	"github.com/slack-go/slack"

	"linqbot/commands/richtext"
)

// ActionText is the action id of every field of a [TextForm]; the ids of their blocks tell them apart.
const ActionText = "text"

// TextForm is a form in which something is written.
type TextForm struct {
	Callback string
	Title    string // 24 characters at most
	Submit   string
	Kept     any // what Slack hands back with the form, as JSON
	Note     richtext.Text
	Fields   []TextField
}

// TextField is a field of a [TextForm].
type TextField struct {
	Block, Label, Hint, Initial string
	Longest                     int // characters; 0 for Slack's own limit
	Optional, ManyLines         bool
}

// TextForm builds the view.
func (r Renderer) TextForm(f TextForm) slack.ModalViewRequest {
	kept, _ := json.Marshal(f.Kept) // strings can be encoded
	var blocks []slack.Block
	if len(f.Note) > 0 {
		blocks = append(blocks, r.section(f.Note))
	}
	for _, each := range f.Fields {
		element := slack.NewPlainTextInputBlockElement(nil, ActionText)
		element.Multiline, element.MaxLength, element.InitialValue = each.ManyLines, each.Longest, each.Initial
		var hint *slack.TextBlockObject
		if each.Hint != "" {
			hint = plain(each.Hint)
		}
		field := slack.NewInputBlock(each.Block, plain(each.Label), hint, element)
		field.Optional = each.Optional
		blocks = append(blocks, field)
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: f.Callback, PrivateMetadata: string(kept),
		Title: plain(f.Title), Close: plain("Cancel"), Submit: plain(f.Submit), Blocks: slack.Blocks{BlockSet: blocks},
	}
}
