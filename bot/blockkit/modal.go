package blockkit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// The parts of the modal. The id of the people's block names the chat, so that Slack forgets the
// people of another one.
const (
	CallbackRemove = "remove" // callback id of the modal
	BlockChat      = "chat"
	BlockPeople    = "people-"
	ActionChat     = "chat"
	ActionPeople   = "people"
	ActionOffboard = "offboard"
)

// Limits of Slack. Source: https://docs.slack.dev/reference/views/modal-views and
// https://docs.slack.dev/reference/block-kit
const (
	longestOption = 75
	MostOptions   = 100
	longestTitle  = 24
)

// Place is where the outcome of a modal is to show: the channel, and the thread in it. Both are
// empty for a modal that was opened from no channel; the outcome then goes to the person.
type Place struct {
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
}

// Memory is what a modal keeps while it is open: Slack hands it back with each payload.
type Memory struct {
	Place
	People []string `json:"p,omitempty"` // whom the message names; they are picked in each chat that offers them
}

// MemoryOf reads what a modal kept.
func MemoryOf(metadata string) Memory {
	var kept Memory
	_ = json.Unmarshal([]byte(metadata), &kept) // written by this version, or by an older one
	return kept
}

// Modal is what the modal shows.
type Modal struct {
	Place  Place
	Chat   *linq.Chat      // the chat that is picked, when it was read
	Chosen []handle.Handle // people who are picked from the start
	Note   richtext.Text   // shown above the fields, or alone
	Closed bool            // nothing can be picked
	Paused []richtext.Text // that removals are paused; nothing if they are not

	// Protected reports whether nobody may remove a person, who is then not offered. Optional.
	Protected func(handle.Handle) bool
}

// Modal builds the view.
func (r Renderer) Modal(m Modal) slack.ModalViewRequest {
	metadata, _ := json.Marshal(Memory{Place: m.Place, People: keepable(m.Chosen)}) // strings can be encoded
	request := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: CallbackRemove, PrivateMetadata: string(metadata),
		Title: plain("Remove from a chat"), Close: plain("Cancel"),
	}
	var blocks []slack.Block
	if len(m.Note) > 0 {
		blocks = append(blocks, r.section(m.Note))
	}
	if !m.Closed {
		for _, told := range m.Paused {
			blocks = append(blocks, r.section(told))
		}
		request.Submit = plain("Remove")
		blocks = append(blocks, chatField(m.Chat))
		switch {
		case m.Chat != nil:
			blocks = append(blocks, r.peopleFields(m)...)
		case len(m.Chosen) > 0:
			blocks = append(blocks, r.contextLine(richtext.Say("The message names %s. Pick the chat.", listed(m.Chosen))))
		}
		blocks = append(blocks, reasonField().block(), buttons(richtext.Button("Remove from every chat…", ActionOffboard, "")))
	} else {
		request.Close = plain("Close")
	}
	request.Blocks = slack.Blocks{BlockSet: blocks}
	return request
}

// Note is a modal that says something, and takes nothing.
func (r Renderer) Note(answer richtext.Answer) slack.ModalViewRequest {
	view := r.Modal(Modal{Closed: true})
	view.Blocks.BlockSet = r.Answer(answer).Blocks
	return view
}

func plain(text string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, text, false, false)
}

// chatField searches the chats; choosing one has the people shown.
func chatField(chosen *linq.Chat) slack.Block {
	element := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Name, number or id"), ActionChat)
	fromTheStart := 0
	element.MinQueryLength = &fromTheStart
	if chosen != nil {
		element.InitialOption = ChatOption(*chosen)
	}
	field := slack.NewInputBlock(BlockChat, plain("Group chat"), nil, element)
	field.DispatchAction = true
	return field
}

// ChatOption offers a chat.
func ChatOption(chat linq.Chat) *slack.OptionBlockObject {
	name := strings.TrimSpace(strings.Map(Visible, handle.MaskText(chat.DisplayName)))
	if name == "" {
		name = chat.ID.String()
	}
	about := count(len(chat.Active()), "person", "people")
	if chat.Service != "" {
		about += ", " + chat.Service
	}
	return slack.NewOptionBlockObject(chat.ID.String(), plain(shorten(name)), plain(shorten(about)))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// peopleFields offers who can be removed: those who are in the chat, our own line and protected people apart.
func (r Renderer) peopleFields(m Modal) []slack.Block {
	var offered, initial []*slack.OptionBlockObject
	chat, protected := *m.Chat, 0
	missing := slices.Clone(m.Chosen)
	for _, person := range chat.Active() {
		if person.IsMe || len(offered) == MostOptions {
			continue
		}
		if m.Protected != nil && m.Protected(person.Handle) {
			protected++
			continue
		}
		option := personOption(person)
		offered = append(offered, option)
		if rest := slices.DeleteFunc(slices.Clone(missing), func(h handle.Handle) bool { return h.Names(person.Handle, "") }); len(rest) < len(missing) && len(initial) < parse.MostHandles {
			missing, initial = rest, append(initial, option)
		}
	}
	if len(offered) == 0 && protected > 0 {
		return []slack.Block{r.section(richtext.Say("Nobody but your own line and people whom linqbot never removes is in this chat."))}
	}
	if len(offered) == 0 {
		return []slack.Block{r.section(richtext.Say("Nobody but your own line is in this chat."))}
	}
	element := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plain("Whom to remove"), ActionPeople, offered...)
	if len(initial) > 0 {
		element.InitialOptions = initial
	}
	most := parse.MostHandles
	element.MaxSelectedItems = &most
	active := len(chat.Active())
	blocks := []slack.Block{
		slack.NewInputBlock(BlockPeople+chat.ID.String(), plain("People to remove"), nil, element),
		r.contextLine(richtext.Say("%s in this chat, your line included: with one removed, %s. At least 3 must stay in a group.",
			count(active, "person is", "people are"), count(active-1, "stays", "stay"))),
	}
	if protected > 0 {
		blocks = append(blocks, r.contextLine(richtext.Say("Not offered: %s whom linqbot never removes, as its settings say.", count(protected, "person", "people"))))
	}
	if len(missing) > 0 {
		blocks = append(blocks, r.contextLine(richtext.Say("Not offered, though the message names them: %s.", listed(missing))))
	}
	return blocks
}

// listed names handles whole: only someone who may remove them sees the modal, and the message.
func listed(people []handle.Handle) richtext.Text {
	var list richtext.Text
	for i, person := range people {
		if i > 0 {
			list = append(list, richtext.Say(", ")...)
		}
		list = append(list, richtext.Name(parse.International(person)))
	}
	return list
}

// keepable are the handles that are sure to fit into what a modal keeps.
func keepable(people []handle.Handle) []string {
	const most = 2000 // Slack keeps 3000 characters; the rest is for what JSON adds
	var kept []string
	length := 0
	for _, person := range people {
		encoded, _ := json.Marshal(person.Full()) // a string can be encoded
		if length += len(encoded) + 1; length > most || len(kept) == parse.MostHandles {
			break
		}
		kept = append(kept, person.Full())
	}
	return kept
}

// personOption shows a person whole: only someone who may remove them sees the modal.
func personOption(person linq.Participant) *slack.OptionBlockObject {
	var about *slack.TextBlockObject
	if person.Service != "" {
		about = plain(person.Service)
	}
	return slack.NewOptionBlockObject(handleValue(person.Handle), plain(shorten(parse.International(person.Handle))), about)
}

// handleValue names a person in an option: by the handle, or by its digest where that is too long.
func handleValue(handle handle.Handle) string {
	if full := handle.Full(); len(full) <= longestOption {
		return full
	}
	sum := sha256.Sum256([]byte(handle.Full()))
	return "#" + hex.EncodeToString(sum[:16])
}

// PersonOf finds the person whom an option's value names.
func PersonOf(chat linq.Chat, value string) (handle.Handle, bool) {
	for _, person := range chat.Handles {
		if handleValue(person.Handle) == value {
			return person.Handle, true
		}
	}
	return handle.Handle{}, false
}

// shorten keeps a text within an option, or any other place that has room for so many characters.
func shorten(text string) string {
	runes := []rune(text)
	if len(runes) <= longestOption {
		return text
	}
	return string(runes[:longestOption-1]) + "…"
}
