package commands

import (
	"context"
	"errors"
	"fmt"

	"github.com/sirupsen/logrus"

	"linqbot/commands/chatindex"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/peoplelist"
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

	taker batchTaker
}

// ListsConfig is what [Lists] need.
type ListsConfig struct {
	Gate    *policy.Gate
	Batches BatchRecorder
	Rails   rails.Rails
	Lines   *reconcile.OwnLines // optional; without them our own lines are found later
	Book    *chatindex.Index    // optional; without it chats are named by their ids
	Region  string              // for numbers written without a country code
	Logger  *logrus.Logger
	Tally   policy.Outcomes // optional; nil counts nothing
}

// NewLists returns what takes lists.
func NewLists(cfg ListsConfig) *Lists {
	return &Lists{cfg: cfg, gate: cfg.Gate, log: cfg.Logger.WithField("part", "commands"), taker: batchTaker{
		gate: cfg.Gate, rails: cfg.Rails, lines: cfg.Lines, batches: cfg.Batches, tally: cfg.Tally, said: "list answered",
	}}
}

// MayRead says whether the person may have a list read there. It returns true when they may; else the answer says why
// not.
func (l *Lists) MayRead(ctx context.Context, in invocation.Invocation) (richtext.Answer, bool) {
	_, denied, may := l.gate.Enter(ctx, ledger.Modal, in.Caller())
	return denied, may
}

// ReadFile reads a file line by line. It returns false with what is wrong when it cannot be used.
func (l *Lists) ReadFile(data []byte) (peoplelist.List, richtext.Answer, bool) {
	list, err := peoplelist.ReadFile(data, l.cfg.Region)
	return checked(list, err)
}

// Read reads a text as [Lists.ReadFile] reads a file.
func (l *Lists) Read(text string) (peoplelist.List, richtext.Answer, bool) {
	list, err := peoplelist.Read(text, l.cfg.Region)
	return checked(list, err)
}

func checked(list peoplelist.List, err error) (peoplelist.List, richtext.Answer, bool) {
	var answer richtext.Answer
	switch {
	case errors.Is(err, peoplelist.ErrNoText):
		answer = richtext.Answer{richtext.Say("%s This file is no text. Save the list as CSV, and try again.", string(richtext.MarkRefused))}
	case errors.Is(err, peoplelist.ErrTooLong):
		answer = richtext.Answer{richtext.Say("%s This list has more than 5,000 lines. A list takes at most %s people. Split it.", string(richtext.MarkRefused), fmt.Sprint(peoplelist.Most))}
	case err != nil:
		answer = richtext.Answer{richtext.Say("%s This list could not be read. Put one phone number or e-mail address into each line.", string(richtext.MarkRefused))}
	default:
		answer = list.Check()
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

// typed takes a list that was typed after a command. rule let the person in.
func (l *Lists) typed(ctx context.Context, in invocation.Invocation, rule string, typed parse.TypedList) richtext.Answer {
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
	answer, recorded, fresh := l.taker.take(ctx, log, in, people, ledger.BatchOrder{
		Delivery: in.Delivery, Job: ledger.List, Kind: ledger.Remove, Source: source,
		TeamID: in.TeamID, ChannelID: in.ChannelID, UserID: in.UserID, Rule: rule,
		ResponseURL: ledger.NewSecret(in.ResponseURL), ThreadTS: in.ThreadTS,
		ChatID: chat.String(), Handles: secretsOf(people), Because: tail.Because, DryRun: tail.DryRun, Asks: true,
	})
	if !fresh {
		return answer, recorded
	}
	number := "1 person was"
	if len(people) != 1 {
		number = fmt.Sprintf("%d people were", len(people))
	}
	answer = richtext.Answer{richtext.Say("%s %s understood. Looking into %s; %s.",
		string(richtext.MarkQueued), number, chatNamed(l.cfg.Book, chat), proposalFollows(in))}
	return append(answer, rails.Told(l.cfg.Rails.Pause(ctx))...), true
}

func ownLineNamed(who parse.ParsedHandle) richtext.Answer {
	return richtext.Answer{richtext.Say("%s %s is your own line, and linqbot only removes other people. Nothing was recorded. Leave it out, and ask again.",
		string(richtext.MarkRefused), richtext.Name(who.International))}
}
