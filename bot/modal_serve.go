package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"linqbot/commands"
	"linqbot/linq"
)

// opening is what a modal starts out with.
type opening struct {
	place  place
	team   string
	user   string
	chat   string // a chat id, or ""
	people []linq.Handle

	// mentions reads chat and people out of a message, once the policy has let the person in. Optional.
	mentions func() (chat string, people []linq.Handle)
}

// openModal opens the modal within the 3 s that a trigger lives, before anything is asked of Linq,
// and fills it when the chat has been read.
func (b *Bot) openModal(ctx context.Context, trigger string, o opening) {
	denied, may := b.cfg.Interactive.Remove.MayOpen(ctx, commands.Invocation{
		TeamID: o.team, UserID: o.user, ChannelID: o.place.Channel,
	})
	if may && o.mentions != nil {
		o.chat, o.people = o.mentions()
	}
	id, err := linq.ParseChatID(o.chat)
	filled := err == nil
	first := modal{place: o.place, chosen: o.people}
	switch {
	case !may:
		first = modal{closed: true, note: joined(denied)}
	case filled:
		first = modal{place: o.place, closed: true, note: commands.Say("%s Reading the chat.", string(commands.MarkQueued))}
	}
	b.behind(func(ctx context.Context) {
		opened, err := b.cfg.Interactive.Slack.OpenViewContext(ctx, trigger, b.cfg.Teams.renderer().modal(first))
		if err == nil && opened.ID == "" {
			err = errNoView
		}
		if err != nil {
			b.log.WithError(withoutURL(err)).Warn("the modal was not opened")
			return
		}
		if may && filled {
			b.fill(ctx, opened.ID, opened.Hash, o.place, id, o.people)
		}
	})
}

// errNoView is Slack's {"ok":false} without an error, which arrives as a success that says nothing.
var errNoView = errors.New("bot: an answer without a view")

// fillModal shows the people of the chat that was chosen in the modal.
func (b *Bot) fillModal(v view, user, chat string) {
	id, err := linq.ParseChatID(chat)
	if err != nil {
		return
	}
	kept := memoryOf(v)
	var named []linq.Handle
	for _, handle := range kept.People {
		named = append(named, linq.NewHandle(handle))
	}
	b.behind(func(ctx context.Context) {
		if !b.cfg.Interactive.Remove.Allowed(ctx, user, kept.Channel).Allowed {
			return
		}
		b.fill(ctx, v.ID, v.Hash, kept.place, id, named)
	})
}

// readTime leaves of what [Bot.behind] gives enough to say that Linq did not answer.
const readTime = 10 * time.Second

// fill reads the chat and shows its people. The hash keeps it from overwriting what came later.
func (b *Bot) fill(ctx context.Context, viewID, hash string, where place, id linq.ChatID, chosen []linq.Handle) {
	m := modal{place: where, chosen: chosen}
	reading, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	chat, err := b.cfg.Interactive.Chats.Chat(reading, id)
	switch {
	case err == nil && chat.IsGroup:
		m.chat = &chat
	case err == nil:
		m.note = commands.Say("%s is a one-to-one chat. Pick a group chat.", commands.ID(id.String()))
	case linq.IsNotFound(err):
		m.note = commands.Say("Linq knows no chat %s. Pick another.", commands.ID(id.String()))
	default:
		m.note = commands.Say("The chat could not be read: Linq did not answer as it should. Pick it again in a moment.")
	}
	if _, err := b.cfg.Interactive.Slack.UpdateViewContext(ctx, b.cfg.Teams.renderer().modal(m), "", hash, viewID); err != nil {
		b.log.WithError(withoutURL(err)).Warn("the modal was not filled")
	}
}

func memoryOf(v view) memory {
	var kept memory
	_ = json.Unmarshal([]byte(v.PrivateMetadata), &kept) // ours, or of a modal that is older than this version
	return kept
}

// option and options are a select menu's answer. slack-go's own type leaves out an empty list, which
// Slack takes for an error.
type (
	option  = slack.OptionBlockObject
	options struct {
		Options []option `json:"options"`
	}
)

// serveOptions answers what is typed into the search for a chat. While Linq is slow, nothing is
// found; the list that comes later is there for the next letter.
func (b *Bot) serveOptions(ctx context.Context, w http.ResponseWriter, in interaction) {
	found := options{Options: []option{}}
	defer func() { writeJSON(w, found) }()
	if in.ActionID != actionChat || !b.cfg.Interactive.Remove.Allowed(ctx, in.User.ID, memoryOf(in.View).Channel).Allowed {
		return
	}
	chats, err := b.cfg.Interactive.Book.Search(ctx, in.Value)
	if err != nil {
		b.log.WithError(err).Warn("a search for chats found nothing: they are not listed yet")
		return
	}
	for _, chat := range chats[:min(mostOptions, len(chats))] {
		found.Options = append(found.Options, *chatOption(chat))
	}
}

// serveSubmission removes the people who were chosen. What is wrong shows at its field.
func (b *Bot) serveSubmission(ctx context.Context, w http.ResponseWriter, in interaction) {
	if in.View.CallbackID != modalRemove {
		return
	}
	wrong := func(block, text string) {
		writeJSON(w, slack.NewErrorsViewSubmissionResponse(map[string]string{block: text}))
	}
	chatID, block, values := chosenIn(in.View)
	id, err := linq.ParseChatID(chatID)
	if err != nil {
		wrong(blockChat, "Pick a group chat.")
		return
	}
	if block != blockPeople+id.String() {
		wrong(blockChat, "The people of this chat are not shown yet. Wait a moment, then pick whom to remove.")
		return
	}
	if len(values) == 0 || len(values) > commands.MostHandles {
		wrong(block, fmt.Sprintf("Pick between 1 and %d people.", commands.MostHandles))
		return
	}
	people, err := b.people(ctx, id, values)
	if errors.Is(err, errUnknownPerson) {
		wrong(block, "Somebody whom you picked is no longer in this chat. Close this, and open it again.")
		return
	}
	if err != nil {
		wrong(block, "Linq did not say who is in this chat. Try again in a moment.")
		return
	}
	where := memoryOf(in.View)
	answer, recorded := b.cfg.Interactive.Remove.Pick(ctx, commands.Invocation{
		Delivery: "view-" + in.View.ID, TeamID: in.User.TeamID, UserID: in.User.ID,
		ChannelID: where.Channel, ThreadTS: where.Thread,
	}, id, people)
	if recorded {
		return // an empty answer closes the modal
	}
	b.closeModal(w, answer)
}

// closeModal leaves nothing in the modal but what there is to say.
func (b *Bot) closeModal(w http.ResponseWriter, answer commands.Answer) {
	m := modal{closed: true, note: joined(answer)}
	writeJSON(w, slack.NewUpdateViewSubmissionResponse(new(b.cfg.Teams.renderer().modal(m))))
}

// chosenIn returns what was picked in the modal, and in which block the people are.
func chosenIn(v view) (chat, block string, people []string) {
	for blockID, fields := range v.State.Values {
		if chosen := fields[actionChat].SelectedOption; blockID == blockChat && chosen != nil {
			chat = chosen.Value
		}
		if strings.HasPrefix(blockID, blockPeople) {
			block = blockID
			for _, chosen := range fields[actionPeople].SelectedOptions {
				people = append(people, chosen.Value)
			}
		}
	}
	return chat, block, people
}

var errUnknownPerson = errors.New("bot: a person who is not in the chat")

// people turns the values of options back into handles. Only a digest needs the chat for that.
func (b *Bot) people(ctx context.Context, id linq.ChatID, values []string) ([]linq.Handle, error) {
	var chat linq.Chat
	var people []linq.Handle
	for _, value := range values {
		if !strings.HasPrefix(value, "#") {
			people = append(people, linq.NewHandle(value))
			continue
		}
		if chat.ID.IsZero() {
			var err error
			if chat, err = b.cfg.Interactive.Chats.Chat(ctx, id); err != nil {
				return nil, err
			}
		}
		handle, ok := byValue(chat, value)
		if !ok {
			return nil, errUnknownPerson
		}
		people = append(people, handle)
	}
	return people, nil
}

func byValue(chat linq.Chat, value string) (linq.Handle, bool) {
	for _, person := range chat.Handles {
		if handleValue(person.Handle) == value {
			return person.Handle, true
		}
	}
	return linq.Handle{}, false
}

func joined(answer commands.Answer) commands.Text {
	var text commands.Text
	for i, paragraph := range answer {
		if i > 0 {
			text = append(text, commands.Span{Kind: commands.Words, Value: " "})
		}
		text = append(text, paragraph...)
	}
	return text
}

func writeJSON(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(answer) // the client is gone if this fails
}
