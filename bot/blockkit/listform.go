package blockkit

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"linqbot/commands/parse"
	"linqbot/commands/richtext"
)

// The form for a list of people who are to leave one chat.
const (
	CallbackList = "remove_list"
	BlockList    = "list-" // with a number: a field holds only so much
)

const (
	longestList = 3000 // characters that a field holds
	mostLists   = 12
)

// ListForm asks from which chat to remove the people of a list. It shows the list, which can be changed. It returns
// false for a list that is too long for a form.
func (r Renderer) ListForm(where Place, people []parse.ParsedHandle) (slack.ModalViewRequest, bool) {
	parts := []string{""}
	for _, who := range people {
		line := who.Handle.Full() + "\n"
		if last := len(parts) - 1; len(parts[last])+len(line) <= longestList {
			parts[last] += line
		} else {
			parts = append(parts, line)
		}
	}
	if len(parts) > mostLists {
		return slack.ModalViewRequest{}, false
	}
	form := textForm{
		Callback: CallbackList, Title: "Remove a list", Submit: "Look into the chat", Kept: Memory{Place: where},
		Note: richtext.Say("The list has %s. Pick the chat. Nothing is removed before you say yes.", count(len(people), "person", "people")),
	}
	for i, part := range parts {
		label := "People, one a line"
		if len(parts) > 1 {
			label = "People, part " + strconv.Itoa(i+1)
		}
		form.Fields = append(form.Fields, textField{
			Block: BlockList + strconv.Itoa(i+1), Label: label, Initial: strings.TrimSuffix(part, "\n"), Longest: longestList,
			ManyLines: true, Optional: i > 0,
		})
	}
	form.Fields = append(form.Fields, reasonField())
	view := r.textForm(form)
	blocks := view.Blocks.BlockSet
	chat := chatField(nil)
	if field, ok := chat.(*slack.InputBlock); ok {
		field.DispatchAction = false // there are no people to be shown
	}
	view.Blocks.BlockSet = append([]slack.Block{blocks[0], chat}, blocks[1:]...)
	return view, true
}
