package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// What a click on a button asks for.
const (
	ActionConfirm = "confirm_removal" // subject: the delivery
	ActionCancel  = "cancel_removal"  // subject: the delivery
	ActionUndo    = "add_back"        // subject: the removal's id
	ActionPick    = "remove_someone"  // subject: a chat id
	ActionMore    = "more_chats"      // subject: how many were shown, a space, the words
	ActionPause   = "pause_removals"  // no subject
	ActionResume  = "resume_removals" // no subject
)

// Questions is what asking before a removal needs of the ledger.
type Questions interface {
	View(ctx context.Context, delivery string) (ledger.View, error)
	Decide(ctx context.Context, delivery string, yes bool, cause string) ([]ledger.Request, int, error)
}

// ChatReader reads one chat.
type ChatReader interface {
	Chat(ctx context.Context, id linq.ChatID) (linq.Chat, error)
}

const (
	// confirmFor is how long a question stays open.
	confirmFor = 10 * time.Minute
	// previewTime bounds the look into the chat: without it the question is asked all the same.
	previewTime = 1200 * time.Millisecond
)

// askToConfirm shows what would be done, and asks. accepted answers for args.Handles, in the same order.
func (c *Remove) askToConfirm(ctx context.Context, in Invocation, args parse.Args, accepted []ledger.Acceptance) richtext.Answer {
	var answer richtext.Answer
	var open []parse.ParsedHandle
	var until time.Time
	question := c.askedBefore(ctx, in, accepted)
	for i, a := range accepted {
		if question == a.Request.Delivery && a.Request.State == ledger.Asked {
			open, until = append(open, args.Handles[i]), a.Request.ExpiresAt
		} else {
			answer = append(answer, alreadyUnderWay(in, args.Handles[i], a))
		}
	}
	if len(open) == 0 {
		return answer
	}
	c.lines.Refresh(ctx) // while the chat is read
	reading, cancel := context.WithTimeout(ctx, previewTime)
	defer cancel()
	chat, err := c.chats.Chat(reading, args.Chat)
	answer = append(answer, c.preview(args.Chat, open, chat, err)...)
	for _, who := range open {
		answer = append(answer, cautions(who)...)
	}
	yes := richtext.Button("Remove", ActionConfirm, question)
	yes.Danger = true
	when := richtext.Say("within 10 minutes")
	if question != in.Delivery { // some of them have passed
		when = richtext.Say("before %s", richtext.Moment(until))
	}
	return append(answer, richtext.Say("Nothing is removed unless you choose Remove %s.%s%s", when, yes, richtext.Button("Cancel", ActionCancel, question)))
}

// askedBefore returns the delivery whose question is to be shown. If the same person asks for the same again,
// perhaps because they lost sight of the question, that is the open one.
func (c *Remove) askedBefore(ctx context.Context, in Invocation, accepted []ledger.Acceptance) (delivery string) {
	for i, a := range accepted {
		if a.Outcome != ledger.UnderWay || a.Request.State != ledger.Asked || a.Request.UserID != in.UserID ||
			i > 0 && a.Request.Delivery != accepted[0].Request.Delivery {
			return in.Delivery
		}
	}
	view, err := c.questions.View(ctx, accepted[0].Request.Delivery)
	if err != nil || len(view.Requests) != len(accepted) { // it asks about others as well
		return in.Delivery
	}
	return accepted[0].Request.Delivery
}

// preview says whom the removal would take out of which chat, and what Linq will likely say.
func (c *Remove) preview(id linq.ChatID, people []parse.ParsedHandle, chat linq.Chat, err error) []richtext.Text {
	var each richtext.Text
	for _, who := range people {
		each = append(each, richtext.Name(who.International))
	}
	names := richtext.AllOf(each)
	if linq.IsNoSuchChat(err) {
		return []richtext.Text{richtext.Say("Remove %s from chat %s? Linq knows no such chat, so this will be refused.", names, richtext.ID(id.String()))}
	}
	if err != nil {
		texts := []richtext.Text{richtext.Say("Remove %s from chat %s? The chat could not be read just now, so its name and its people are not shown.", names, richtext.ID(id.String()))}
		for _, who := range people {
			if c.lines.Remembers(who.Handle) {
				texts = append(texts, ownLineForeseen(who))
			}
		}
		return texts
	}
	texts := []richtext.Text{richtext.Say("Remove %s from %s (%s)?", names, chatName(chat), richtext.ID(id.String()))}
	if chat.OneToOne() {
		return append(texts, richtext.Say("This is a one-to-one chat, and people can only be removed from groups, so this will be refused."))
	}
	leaving := 0
	for _, who := range people {
		person, listed := chat.Named(who.Handle, c.region)
		if listed && !person.Handle.Is(who.Handle) {
			texts = append(texts, richtext.Say("%s is in this chat as %s.", richtext.Name(who.International), richtext.Name(person.Handle.Full())))
		}
		switch {
		case !listed:
			texts = append(texts, richtext.Say("%s is not in this chat, so that will be refused. They may be in it under another number or an e-mail.", richtext.Name(who.International)))
		case person.IsMe, chat.MarksAsOurs(who.Handle), c.lines.Remembers(who.Handle, person.Handle):
			texts = append(texts, ownLineForeseen(who))
		case !person.Active():
			texts = append(texts, richtext.Say("%s has left this chat already, so there is nothing left to do for them.", richtext.Name(who.International)))
		default:
			leaving++
		}
	}
	if leaving == 0 {
		return texts
	}
	texts = append(texts, headcount(chat, leaving))
	if foreseen := outcome.Foresee(chat, leaving); foreseen != "" {
		texts = append(texts, outcome.SayForeseen(foreseen))
	}
	return texts
}

func ownLineForeseen(who parse.ParsedHandle) richtext.Text {
	return richtext.Say("%s is your own line, and linqbot only removes other people, so that will be refused.", richtext.Name(who.International))
}

func headcount(chat linq.Chat, leaving int) richtext.Text {
	active := chat.Active()
	in := fmt.Sprintf("%d people are in it now", len(active))
	if len(active) == 1 {
		in = "1 person is in it now"
	}
	if slices.ContainsFunc(active, func(p linq.Participant) bool { return p.IsMe }) {
		in += ", your line included"
	}
	stay := fmt.Sprint(len(active) - leaving)
	if len(active) == leaving {
		stay = "nobody"
	}
	return richtext.Say("%s; %s would stay.", in, stay)
}

// chatName names a chat, or says that it has no name.
func chatName(chat linq.Chat) richtext.Span { return outcome.ChatName(chat.DisplayName) }

// Click is a press of a button.
type Click struct {
	Delivery    string // the platform's id of this press
	Subject     string
	TeamID      string
	UserID      string
	ChannelID   string
	ThreadTS    string // the thread in which the button stands
	ResponseURL string
}

func (c Click) invocation() Invocation {
	return Invocation{Delivery: c.Delivery, TeamID: c.TeamID, ChannelID: c.ChannelID, UserID: c.UserID}
}

// Decide answers a question of [Remove.Run]: the person who asked says yes or no, once. It returns
// true when the question is closed, so that its buttons can go.
func (c *Remove) Decide(ctx context.Context, click Click, yes bool) (richtext.Answer, bool) {
	log := c.log.WithFields(logrus.Fields{"user": click.UserID, "delivery": click.Subject, "yes": yes})
	in := click.invocation()
	// Who asked may always say no, so that a no of somebody whom the policy denies is looked at.
	decision := c.gate.DecideUser(ctx, click.UserID)
	if yes && !decision.Allowed {
		return c.gate.Deny(ctx, ledger.Answered, in.Caller(), decision.Rule, decision.Why), false
	}
	view, err := c.questions.View(ctx, click.Subject)
	if err != nil && !decision.Allowed {
		return c.gate.Deny(ctx, ledger.Answered, in.Caller(), decision.Rule, decision.Why), false
	}
	if errors.Is(err, ledger.ErrNotFound) {
		log.WithField("outcome", c.tally.Count(ledger.Answered, "unknown")).Info("question answered")
		return richtext.Answer{richtext.Say("%s linqbot has no record of this question. Nothing was removed. To remove someone, ask again.", string(richtext.MarkRefused))}, true
	}
	if err != nil {
		log.WithError(err).WithField("outcome", c.tally.Count(ledger.Answered, "not_recorded")).Error("question not answered")
		return outcome.AnswerNotRead(), false
	}
	asked := view.Requests[0]
	if click.UserID != asked.UserID {
		if !decision.Allowed {
			return c.gate.Deny(ctx, ledger.Answered, in.Caller(), decision.Rule, decision.Why), false
		}
		return c.gate.Deny(ctx, ledger.Answered, in.Caller(), policy.DeniedToAnswerIt, richtext.Say("Only %s, who asked, can decide this.", richtext.Member(asked.UserID))), false
	}
	cause := "declined by the person who asked"
	if yes {
		in.ChannelID = cmp.Or(asked.ChannelID, click.ChannelID)
		if answer, may := c.gate.EnterChannel(ctx, ledger.Answered, in.Caller()); !may {
			return answer, false
		}
		cause = "confirmed by the person who asked"
	}
	if fresh, err := c.gate.TakeDelivery(ctx, click.Delivery); err != nil {
		return c.notDecided(log, err), false
	} else if !fresh {
		log.WithField("outcome", c.tally.Count(ledger.Answered, "redelivered")).Info("question answered")
		return nil, false
	}
	requests, decided, err := c.questions.Decide(ctx, click.Subject, yes, cause)
	if err != nil {
		return c.notDecided(log, err), false
	}
	log.WithFields(logrus.Fields{"decided": decided, "outcome": c.tally.Count(ledger.Answered, decidedName(decided, yes))}).Info("question answered")
	answer := decidedAnswer(requests, decided, yes)
	if yes && decided > 0 {
		answer = append(answer, rails.Told(c.rails.Pause(ctx))...)
	}
	return answer, true
}

func (c *Remove) notDecided(log *logrus.Entry, err error) richtext.Answer {
	log.WithError(err).WithField("outcome", c.tally.Count(ledger.Answered, "not_recorded")).Error("question not answered")
	return outcome.AnswerNotRecorded()
}

func decidedName(decided int, yes bool) string {
	switch {
	case decided == 0:
		return "too_late"
	case yes:
		return "confirmed"
	default:
		return "declined"
	}
}

// decidedAnswer takes the place of the question.
func decidedAnswer(requests []ledger.Request, decided int, yes bool) richtext.Answer {
	var people richtext.Text
	for _, r := range requests {
		people = append(people, richtext.Name(parse.International(handle.New(r.Handle.Value()))))
	}
	what := richtext.Say("The removal of %s from chat %s", richtext.AllOf(people), richtext.ID(requests[0].ChatID))
	switch first := requests[0]; {
	case decided > 0 && yes:
		return richtext.Answer{richtext.Say("%s %s is recorded. The outcome follows in a thread here, or to you alone where linqbot may not post.", string(richtext.MarkQueued), what)}
	case decided > 0:
		return richtext.Answer{richtext.Say("%s %s is cancelled. Nothing was removed.", string(richtext.MarkRefused), what)}
	case first.State == ledger.Asked, first.State == ledger.Cancelled && !first.EndedAt.Before(first.ExpiresAt):
		return richtext.Answer{richtext.Say("%s %s was not confirmed within 10 minutes. Nothing was removed. To remove them, ask again.", string(richtext.MarkRefused), what)}
	case first.State == ledger.Cancelled:
		return richtext.Answer{richtext.Say("%s %s was cancelled before. Nothing was removed. To remove them, ask again.", string(richtext.MarkRefused), what)}
	case yes:
		return richtext.Answer{richtext.Say("%s %s was confirmed before. It is done once.", string(richtext.MarkQueued), what)}
	default:
		return richtext.Answer{richtext.Say("%s %s was confirmed before, so it can no longer be cancelled.", string(richtext.MarkQueued), what)}
	}
}
