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

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/commands/parse"
	"linqbot/commands/richtext"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// opening is what a modal starts out with.
type opening struct {
	place  blockkit.Place
	chat   string // a chat id, or ""
	people []handle.Handle
}

// openModal opens the modal. A person who may not use it gets one that says why, and what a message
// names is not looked up for them. message is optional.
func (b *Bot) openModal(ctx context.Context, in interaction, o opening, message func() string) {
	denied, may := b.cfg.Interactive.Remove.MayOpen(ctx, in.invocation(o.place.Channel), func() string {
		if message != nil {
			o.chat, o.people = parse.Mentions(message(), b.cfg.Interactive.Region)
		}
		return o.chat
	})
	switch {
	case may:
		b.showModal(in.TriggerID, o, func(ctx context.Context) {
			b.tell(ctx, in, richtext.Answer{richtext.Say("%s Slack did not open the form. Nothing was removed. Try again, or type %s.",
				string(richtext.MarkNeedsPerson), richtext.ID(RemoveCommand+" <chat id> <phone number or e-mail>"))})
		})
	case len(denied) > 0:
		b.goBackground(func(ctx context.Context) {
			if _, opened := b.openView(ctx, in.TriggerID, b.cfg.Teams.Renderer().Modal(blockkit.Modal{Closed: true, Note: blockkit.Joined(denied)}), notOpened); !opened {
				b.tell(ctx, in, denied)
			}
		})
	}
}

// showModal opens the modal within the 3 s that a trigger lives, before anything is asked of Linq, and fills it when
// the chat has been read. failed is called if it did not open, or was not filled. It is optional, since the answer to a
// command says how to do without the form.
func (b *Bot) showModal(trigger string, o opening, failed func(context.Context)) {
	id, err := linq.ParseChatID(o.chat)
	filled := err == nil
	first := blockkit.Modal{Place: o.place, Chosen: o.people, Paused: b.cfg.Interactive.Remove.Paused()}
	if filled {
		first = blockkit.Modal{Place: o.place, Closed: true, Note: richtext.Say("%s Reading the chat.", string(richtext.MarkQueued))}
	}
	b.goBackground(func(ctx context.Context) {
		opened, ok := b.openView(ctx, trigger, b.cfg.Teams.Renderer().Modal(first), notOpened)
		switch {
		case !ok && failed != nil:
			failed(ctx)
		case ok && filled:
			if !b.fill(ctx, opened.ID, opened.Hash, o.place, id, o.people) && failed != nil {
				failed(ctx)
			}
		}
	})
}

// tell answers a person alone if the answer to the request cannot show anything. It uses the response_url. Shortcuts
// and the Home tab have none, so the answer goes to the person's direct messages.
func (b *Bot) tell(ctx context.Context, in interaction, answer richtext.Answer) {
	const patience = 5 * time.Second // a time of its own: the form that did not open may have used up the request's
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	m := b.cfg.Teams.Renderer().Answer(answer)
	var err error
	if in.ResponseURL != "" {
		err = slackapi.Respond(ctx, b.cfg.Interactive.HTTP, in.ResponseURL, &slack.WebhookMessage{
			Text: m.Text, Blocks: &slack.Blocks{BlockSet: m.Blocks}, ResponseType: slack.ResponseTypeEphemeral,
		})
	} else {
		_, _, err = b.cfg.Interactive.Slack.PostMessageContext(ctx, in.User.ID, slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(m.Blocks...))
	}
	if err != nil {
		b.log.WithError(slackapi.Judge(err)).Warn("a person was not told that the form did not open")
	}
}

// fillModal shows the people of the chat that was chosen in the modal, to who may see them.
func (b *Bot) fillModal(in interaction, chat string) {
	id, err := linq.ParseChatID(chat)
	if err != nil {
		return
	}
	kept := blockkit.MemoryOf(in.View.PrivateMetadata)
	var named []handle.Handle
	for _, person := range kept.People {
		named = append(named, handle.New(person))
	}
	b.goBackground(func(ctx context.Context) {
		denied, may := b.cfg.Interactive.Remove.MayOpen(ctx, in.invocation(kept.Channel), id.String)
		switch {
		case may:
			b.fill(ctx, in.View.ID, in.View.Hash, kept.Place, id, named)
		case len(denied) > 0:
			b.updateView(ctx, in.View.ID, in.View.Hash, b.cfg.Teams.Renderer().Modal(blockkit.Modal{Closed: true, Note: blockkit.Joined(denied)}), notFilled)
		}
	})
}

// readTime is shorter than what [Bot.goBackground] gives, so that time is left to say that Linq did not answer.
const readTime = 10 * time.Second

// fill reads the chat and shows its people. It reports whether the person sees them, or what is wrong.
func (b *Bot) fill(ctx context.Context, viewID, hash string, where blockkit.Place, id linq.ChatID, chosen []handle.Handle) bool {
	remove := b.cfg.Interactive.Remove
	m := blockkit.Modal{Place: where, Chosen: chosen, Paused: remove.Paused(), Protected: remove.Protects}
	reading, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	chat, err := b.cfg.Interactive.Chats.Chat(reading, id)
	switch {
	case err == nil && !chat.OneToOne():
		m.Chat = &chat
	case err == nil:
		m.Note = richtext.Say("%s is a one-to-one chat. Pick a group chat.", richtext.ID(id.String()))
	case linq.IsNoSuchChat(err):
		m.Note = richtext.Say("Linq knows no chat %s. Pick another.", richtext.ID(id.String()))
	default:
		m.Note = richtext.Say("The chat could not be read: Linq did not answer as it should. Pick it again in a moment.")
	}
	return b.updateView(ctx, viewID, hash, b.cfg.Teams.Renderer().Modal(m), notFilled)
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
	if in.ActionID != blockkit.ActionChat {
		return
	}
	asked := in.invocation(blockkit.MemoryOf(in.View.PrivateMetadata).Channel)
	asked.Text = in.Value
	chats := b.cfg.Interactive.FindChats.Options(ctx, asked)
	for _, chat := range chats[:min(blockkit.MostOptions, len(chats))] {
		found.Options = append(found.Options, *blockkit.ChatOption(chat))
	}
}

// serveSubmission takes a form that was sent.
func (b *Bot) serveSubmission(ctx context.Context, w http.ResponseWriter, in interaction) {
	switch in.View.CallbackID {
	case blockkit.CallbackRemove:
		b.submitRemoval(ctx, w, in)
	case blockkit.CallbackOffboard:
		b.submitOffboard(ctx, w, in)
	case blockkit.CallbackNumber:
		b.submitNumber(ctx, w, in)
	case blockkit.CallbackList:
		b.submitList(ctx, w, in)
	case blockkit.CallbackPause:
		b.servePause(ctx, w, in)
	}
}

// submitRemoval removes the people who were chosen. Mistakes show at their fields, but only to people
// who may act. Anybody else gets the same answer whatever they chose.
func (b *Bot) submitRemoval(ctx context.Context, w http.ResponseWriter, in interaction) {
	where := blockkit.MemoryOf(in.View.PrivateMetadata)
	picked := in.invocation(where.Channel)
	picked.Delivery, picked.ThreadTS = "view-"+in.View.ID, where.Thread
	if denied, may := b.cfg.Interactive.Remove.MaySubmit(ctx, picked); !may {
		b.closeModal(w, denied)
		return
	}
	wrong := func(block, text string) {
		writeJSON(w, slack.NewErrorsViewSubmissionResponse(map[string]string{block: text}))
	}
	chatID, block, values := chosenIn(in.View)
	id, err := linq.ParseChatID(chatID)
	if err != nil {
		wrong(blockkit.BlockChat, "Pick a group chat.")
		return
	}
	if block != blockkit.BlockPeople+id.String() {
		wrong(blockkit.BlockChat, "The people of this chat are not shown yet. Wait a moment, then pick whom to remove.")
		return
	}
	if len(values) == 0 || len(values) > parse.MostHandles {
		wrong(block, fmt.Sprintf("Pick between 1 and %d people.", parse.MostHandles))
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
	picked.Because = in.View.text(blockkit.BlockReason)
	if _, err := parse.Reason(picked.Because); err != nil {
		wrong(blockkit.BlockReason, reasonTooLong())
		return
	}
	answer, recorded := b.cfg.Interactive.Remove.Pick(ctx, picked, id, people)
	if recorded {
		return // an empty answer closes the modal
	}
	b.closeModal(w, answer)
}

// closeModal replaces the modal's content by a message, or closes the modal if there is none.
func (b *Bot) closeModal(w http.ResponseWriter, answer richtext.Answer) {
	if len(answer) == 0 {
		return
	}
	m := blockkit.Modal{Closed: true, Note: blockkit.Joined(answer)}
	writeJSON(w, slack.NewUpdateViewSubmissionResponse(new(b.cfg.Teams.Renderer().Modal(m))))
}

// chosenIn returns what was picked in the modal, and in which block the people are.
func chosenIn(v view) (chat, block string, people []string) {
	for blockID, fields := range v.State.Values {
		if chosen := fields[blockkit.ActionChat].SelectedOption; blockID == blockkit.BlockChat && chosen != nil {
			chat = chosen.Value
		}
		if strings.HasPrefix(blockID, blockkit.BlockPeople) {
			block = blockID
			for _, chosen := range fields[blockkit.ActionPeople].SelectedOptions {
				people = append(people, chosen.Value)
			}
		}
	}
	return chat, block, people
}

var errUnknownPerson = errors.New("bot: a person who is not in the chat")

// people turns the values of options back into handles. Only a digest needs the chat for that.
func (b *Bot) people(ctx context.Context, id linq.ChatID, values []string) ([]handle.Handle, error) {
	var chat linq.Chat
	var people []handle.Handle
	for _, value := range values {
		if !strings.HasPrefix(value, "#") {
			people = append(people, handle.New(value))
			continue
		}
		if chat.ID.IsZero() {
			var err error
			if chat, err = b.cfg.Interactive.Chats.Chat(ctx, id); err != nil {
				return nil, err
			}
		}
		handle, ok := blockkit.PersonOf(chat, value)
		if !ok {
			return nil, errUnknownPerson
		}
		people = append(people, handle)
	}
	return people, nil
}

func writeJSON(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(answer) // the client is gone if this fails
}

func reasonTooLong() string { return fmt.Sprintf("Write at most %d characters.", parse.LongestReason) }
