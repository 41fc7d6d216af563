package commands

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/forecast"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// Questions is what asking before a removal needs of the ledger.
type Questions interface {
	View(ctx context.Context, delivery string) (ledger.View, error)
	Decide(ctx context.Context, delivery string, yes bool, cause string) ([]ledger.Request, int, error)
}

// confirmFor is how long a question stays open.
const confirmFor = 10 * time.Minute

// askToConfirm shows what would be done, and asks. accepted answers for args.Handles, in the same order.
func (c *Remove) askToConfirm(ctx context.Context, in invocation.Invocation, args parse.Args, accepted []ledger.Acceptance) richtext.Answer {
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
	told := c.look(ctx, args.Chat, open)
	answer = append(answer, spaced(richtext.Say("Remove %s from %s?", forecast.Names(open), told.Chat), told.Note))
	answer = append(answer, told.More...)
	if args.Because != "" {
		answer = append(answer, becauseOf(args))
	}
	for _, who := range open {
		answer = append(answer, who.Cautions()...)
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
func (c *Remove) askedBefore(ctx context.Context, in invocation.Invocation, accepted []ledger.Acceptance) (delivery string) {
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

// Decide answers a question of [Remove.Run]: the person who asked says yes or no, once. It returns
// true when the question is closed, so that its buttons can go.
func (c *Remove) Decide(ctx context.Context, click Click, yes bool) (richtext.Answer, bool) {
	log := c.log.WithFields(logrus.Fields{"user": click.UserID, "delivery": click.Subject, "yes": yes})
	in := click.invocation()
	// The person who asked may always say no, so a no counts even if the policy denies them by now.
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
	chat := richtext.Say("chat %s", richtext.ID(requests[0].ChatID))
	if id, err := linq.ParseChatID(requests[0].ChatID); err == nil {
		chat = c.nameOf(id)
	}
	answer := decidedAnswer(chat, requests, decided, yes)
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
func decidedAnswer(chat richtext.Text, requests []ledger.Request, decided int, yes bool) richtext.Answer {
	var people richtext.Text
	for _, r := range requests {
		people = append(people, richtext.Name(parse.International(handle.New(r.Handle.Value()))))
	}
	what := richtext.Say("The removal of %s from %s", richtext.AllOf(people), chat)
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
