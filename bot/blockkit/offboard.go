package blockkit

import (
	"strings"

	"github.com/slack-go/slack"

	"linqbot/commands/batch"
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/linq/handle"
)

// The forms of batches.
const (
	CallbackOffboard = "offboard" // names whom to take out of every chat
	BlockPerson      = "person"
	BlockReason      = "reason"

	CallbackNumber = "confirm_batch" // takes the number of chats, typed
	BlockNumber    = "number"
)

// OffboardForm asks whom to take out of every chat. people are filled in.
func (r Renderer) OffboardForm(where Place, people []handle.Handle) slack.ModalViewRequest {
	var named []string
	for _, person := range people {
		named = append(named, parse.International(person))
	}
	return r.textForm(textForm{
		Callback: CallbackOffboard, Title: "Remove from all chats", Submit: "Look for chats", Kept: Memory{Place: where},
		Note: richtext.Say("linqbot looks for every group chat that the person is in, and shows you which. Nothing is removed before you say yes."),
		Fields: []textField{
			{
				Block: BlockPerson, Label: "Phone number or e-mail", Initial: strings.Join(named, ", "), Longest: parse.MostCharacters,
				Hint: "If the person has several, put commas between them.",
			},
			reasonField(),
		},
	})
}

// NumberKept is what the form keeps in which a number is typed.
type NumberKept struct {
	Batch       string `json:"b"`
	Channel     string `json:"c,omitempty"`
	ResponseURL string `json:"r,omitempty"` // of the proposal, which the answer replaces
}

// NumberForm asks to type how much a batch does.
func (r Renderer) NumberForm(kept NumberKept, q batch.Question) slack.ModalViewRequest {
	return r.textForm(textForm{
		Callback: CallbackNumber, Title: "Are you sure?", Submit: q.Submit, Kept: kept, Note: q.Text,
		Fields: []textField{{Block: BlockNumber, Label: q.Label, Longest: longestOption}},
	})
}
