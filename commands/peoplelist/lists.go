package peoplelist

import (
	"context"
	"errors"
	"fmt"

	"github.com/sirupsen/logrus"

	"linqbot/commands/batch"
	"linqbot/commands/chatindex"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// Lists takes lists of people who are to leave one chat: typed, pasted, or from a file. It always asks.
type Lists struct {
	cfg  ListsConfig
	gate *policy.Gate
	log  *logrus.Entry

	taker batch.Taker
}

// ListsConfig is what [Lists] need.
type ListsConfig struct {
	Gate    *policy.Gate
	Batches batch.Recorder
	Rails   rails.Rails
	Lines   *reconcile.OwnLines // optional; without them our own lines are found later
	Book    *chatindex.Index    // optional; without it chats are named by their ids
	Region  string              // for numbers written without a country code
	Logger  *logrus.Logger
	Tally   policy.Outcomes // optional; nil counts nothing
}

// NewLists returns what takes lists.
func NewLists(cfg ListsConfig) *Lists {
	return &Lists{cfg: cfg, gate: cfg.Gate, log: cfg.Logger.WithField("part", "commands"), taker: batch.Taker{
		Gate: cfg.Gate, Rails: cfg.Rails, Lines: cfg.Lines, Batches: cfg.Batches, Tally: cfg.Tally, Said: "list answered",
	}}
}

// MayRead says whether the person may have a list read there. It returns true when they may; else the answer says why
// not.
func (l *Lists) MayRead(ctx context.Context, in invocation.Invocation) (richtext.Answer, bool) {
	_, denied, may := l.gate.Enter(ctx, ledger.Modal, in.Caller())
	return denied, may
}

// ReadFile reads a file line by line. It returns false with what is wrong when it cannot be used.
func (l *Lists) ReadFile(data []byte) (List, richtext.Answer, bool) {
	return ReadFile(data, l.cfg.Region)
}

// Read reads a text as [Lists.ReadFile] reads a file.
func (l *Lists) Read(text string) (List, richtext.Answer, bool) { return Read(text, l.cfg.Region) }

// ReadFile is [Lists.ReadFile] for who asks without Slack. Numbers without a country code are read as those of region.
func ReadFile(data []byte, region string) (List, richtext.Answer, bool) {
	list, err := readFile(data, region)
	return checked(list, err)
}

// Read is [Lists.Read] for who asks without Slack.
func Read(text, region string) (List, richtext.Answer, bool) {
	list, err := readText(text, region)
	return checked(list, err)
}

func checked(list List, err error) (List, richtext.Answer, bool) {
	var answer richtext.Answer
	switch {
	case errors.Is(err, errNoText):
		answer = richtext.Answer{richtext.Say("%s This file is no text. Save the list as CSV, and try again.", string(richtext.MarkRefused))}
	case errors.Is(err, errTooLong):
		answer = richtext.Answer{richtext.Say("%s This list has more than 5,000 lines. A list takes at most %s people. Split it.", string(richtext.MarkRefused), fmt.Sprint(mostPeople))}
	case err != nil:
		answer = richtext.Answer{richtext.Say("%s This list could not be read. Put one phone number or e-mail address into each line.", string(richtext.MarkRefused))}
	default:
		answer = list.check()
	}
	return list, answer, len(answer) == 0
}

// Submit records a list for a chat that was picked in the form. It returns true when it is recorded, now or before;
// else the answer says why not.
func (l *Lists) Submit(ctx context.Context, in invocation.Invocation, chat linq.ChatID, people []parse.ParsedHandle) (richtext.Answer, bool) {
	decision, denied, may := l.gate.Enter(ctx, ledger.Modal, in.Caller())
	if !may {
		return denied, false
	}
	because, err := parse.Reason(in.Because)
	if err != nil { // as the form says at its field
		return richtext.Answer{richtext.Say("The reason is longer than %s characters. %s Shorten it.", fmt.Sprint(parse.LongestReason), outcome.NothingDone(ledger.Remove))}, false
	}
	return l.record(ctx, in, ledger.Modal, decision.Rule, chat, people, parse.Tail{Because: because})
}

// Typed takes a list that was typed after a command. rule let the person in.
func (l *Lists) Typed(ctx context.Context, in invocation.Invocation, rule string, typed parse.TypedList) richtext.Answer {
	list, answer, ok := l.Read(typed.People)
	if !ok {
		l.cfg.Tally.Count(ledger.SlashCommand, "usage")
		return answer
	}
	answer, _ = l.record(ctx, in, ledger.SlashCommand, rule, typed.Chat, list.People, typed.Tail)
	return answer
}

func (l *Lists) record(ctx context.Context, in invocation.Invocation, source ledger.Source, rule string, chat linq.ChatID, people []parse.ParsedHandle, tail parse.Tail) (richtext.Answer, bool) {
	log := l.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID, "delivery": in.Delivery, "chat": chat.String(), "people": len(people)})
	order := batch.OrderOf(in, source, rule, people, tail)
	order.Job, order.ChatID = ledger.List, chat.String()
	answer, recorded, fresh := l.taker.Take(ctx, log, people, order)
	if !fresh {
		return answer, recorded
	}
	number := "1 person was"
	if len(people) != 1 {
		number = fmt.Sprintf("%d people were", len(people))
	}
	answer = richtext.Answer{richtext.Say("%s %s understood. Looking into %s; %s.",
		string(richtext.MarkQueued), number, l.nameOf(chat), batch.ProposalFollows(in))}
	return append(answer, rails.Told(l.cfg.Rails.Pause(ctx))...), true
}

// nameOf is the chat's name with its id, for the end of a sentence.
func (l *Lists) nameOf(chat linq.ChatID) richtext.Text {
	if name := l.cfg.Book.Name(chat); name != "" {
		return richtext.Say("%s (%s)", richtext.Name(richtext.Shortened(name)), richtext.ID(chat.String()))
	}
	return richtext.Say("chat %s", richtext.ID(chat.String()))
}
