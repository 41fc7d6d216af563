// Package forecast tells what a request would likely come to, before anything is done: for the question before a removal,
// and for dry runs. It reads a chat, knows what linqbot itself refuses and which of Linq's rules may be in the way, and
// decides nothing: the request itself goes by what is true then. [Foresee] makes dry runs of orders by that, and by what
// the ledger knows. Begin reading at [Forecaster.Look].
package forecast

import (
	"context"

	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// ChatReader reads one chat.
type ChatReader interface {
	Chat(ctx context.Context, id linq.ChatID) (linq.Chat, error)
}

// Forecaster looks into chats.
type Forecaster struct {
	Chats  ChatReader
	Lines  *reconcile.OwnLines // optional; without them it knows only what the chat says
	Region string              // for numbers that a chat lists without a country code
}

// Forecast is what a look into a chat told.
type Forecast struct {
	Chat    richtext.Text   // names the chat in the middle of a sentence
	Note    richtext.Text   // goes on after the sentence that names the chat; may be empty
	More    []richtext.Text // a paragraph each; may be empty
	Reasons []string        // for each person why it would come to nothing, as the ledger keeps it; "" for no reason

	ChatName string // "" where the chat could not be read
	People   int    // who are in it now
}

// Look reads the chat, for as long as ctx allows, and tells what would come of a request about people. The words name
// them whole, and say so if the chat cannot be read.
func (f Forecaster) Look(ctx context.Context, kind ledger.Kind, id linq.ChatID, people []parse.ParsedHandle) Forecast {
	f.Lines.Refresh(ctx) // while the chat is read
	chat, err := f.Chats.Chat(ctx, id)
	told := Forecast{Chat: richtext.Say("chat %s", richtext.ID(id.String())), Reasons: make([]string, len(people))}
	switch {
	case linq.IsNoSuchChat(err):
		told.Note = richtext.Say("Linq knows no such chat, so this will be refused.")
		told.all(outcome.ReasonNoSuchChat)
		return told
	case err != nil:
		told.Note = richtext.Say("The chat could not be read just now, so its name and its people are not shown.")
		told.all(outcome.ReasonUnreadable)
		for i, who := range people {
			if f.Lines.Remembers(who.Handle) {
				told.say(i, outcome.ReasonOwnLine, ownLine(kind, who))
			}
		}
		return told
	}
	told.Chat = richtext.Say("%s (%s)", outcome.ChatName(chat.DisplayName), richtext.ID(id.String()))
	told.ChatName, told.People = chat.DisplayName, len(chat.Active())
	switch {
	case chat.OneToOne():
		change := "removed from"
		if kind == ledger.Add {
			change = "added to"
		}
		told.More = []richtext.Text{richtext.Say("This is a one-to-one chat, and people can only be %s groups, so this will be refused.", change)}
		told.all(outcome.ReasonNotAGroup)
	case kind == ledger.Add:
		f.additions(&told, chat, people)
	default:
		f.removals(&told, chat, people)
	}
	return told
}

// all gives everybody who has none the same reason.
func (t *Forecast) all(reason string) {
	for i := range t.Reasons {
		if t.Reasons[i] == "" {
			t.Reasons[i] = reason
		}
	}
}

// say notes what is in the way of one person.
func (t *Forecast) say(person int, reason string, text richtext.Text) {
	t.Reasons[person] = reason
	t.More = append(t.More, text)
}

// open is how many people have no reason against them.
func (t *Forecast) open() int {
	open := 0
	for _, reason := range t.Reasons {
		if reason == "" {
			open++
		}
	}
	return open
}

// removals goes on from [Forecaster.Look], with a group that was read.
func (f Forecaster) removals(told *Forecast, chat linq.Chat, people []parse.ParsedHandle) {
	for i, who := range people {
		person, listed := f.find(told, chat, who)
		switch {
		case !listed:
			told.say(i, outcome.ReasonNotInChat, richtext.Say("%s is not in this chat, so that will be refused. They may be in it under another number or an e-mail.", name(who)))
		case f.ours(chat, who, person):
			told.say(i, outcome.ReasonOwnLine, ownLine(ledger.Remove, who))
		case !person.Active():
			told.say(i, outcome.ReasonSeenGone, richtext.Say("%s has left this chat already, so there is nothing left to do for them.", name(who)))
		}
	}
	leaving := told.open()
	if leaving == 0 {
		return
	}
	told.More = append(told.More, headcount(chat, -leaving))
	if why := outcome.Foresee(chat, leaving); why != "" {
		told.More = append(told.More, outcome.SayForeseen(why))
		told.all(why)
	}
}

// additions goes on from [Forecaster.Look], with a group that was read.
func (f Forecaster) additions(told *Forecast, chat linq.Chat, people []parse.ParsedHandle) {
	for i, who := range people {
		person, listed := f.find(told, chat, who)
		switch {
		case f.ours(chat, who, person):
			told.say(i, outcome.ReasonOwnLine, ownLine(ledger.Add, who))
		case listed && person.Active():
			told.say(i, outcome.ReasonSeenThere, richtext.Say("%s is in this chat already, so there is nothing left to do for them.", name(who)))
		}
	}
	joining := told.open()
	if joining == 0 {
		return
	}
	told.More = append(told.More, headcount(chat, joining))
	if why := outcome.ForeseeAdding(chat); why != "" {
		told.More = append(told.More, outcome.SayForeseen(why))
		told.all(why)
	}
}

// find looks for a person in the chat, and says so where it lists them in another form.
func (f Forecaster) find(told *Forecast, chat linq.Chat, who parse.ParsedHandle) (linq.Participant, bool) {
	person, listed := chat.Named(who.Handle, f.Region)
	if listed && !person.Handle.Is(who.Handle) {
		told.More = append(told.More, richtext.Say("%s is in this chat as %s.", name(who), richtext.Name(person.Handle.Full())))
	}
	return person, listed
}

func (f Forecaster) ours(chat linq.Chat, who parse.ParsedHandle, person linq.Participant) bool {
	return person.IsMe || chat.MarksAsOurs(who.Handle) || f.Lines.Remembers(who.Handle, person.Handle)
}
