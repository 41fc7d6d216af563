package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/sirupsen/logrus"

	"linqbot/commands/chatindex"
	"linqbot/commands/forecast"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// typed is what the commands have in common that name a chat and people: /linq-remove and /linq-add.
type typed struct {
	kind     ledger.Kind
	gate     *policy.Gate
	recorder Recorder
	region   string
	book     *chatindex.Index // optional
	rails    rails.Rails
	log      *logrus.Entry
	tally    policy.Outcomes

	forecaster forecast.Forecaster
	underWay   forecast.UnderWay
}

// name is how the command is typed.
func (c *typed) name() string {
	if c.kind == ledger.Add {
		return parse.AddCommand
	}
	return parse.RemoveCommand
}

func (c *typed) loggerOf(in invocation.Invocation) *logrus.Entry {
	return c.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID, "delivery": in.Delivery})
}

// read reads what was typed. It returns false with the answer when that cannot be carried out.
func (c *typed) read(ctx context.Context, in invocation.Invocation, rule string) (parse.Args, richtext.Answer, bool) {
	reads, usageOf := parse.Remove, parse.RemoveUsage
	if c.kind == ledger.Add {
		reads, usageOf = parse.Add, parse.AddUsage
	}
	args, err := reads(in.Text, c.region)
	if err == nil {
		return args, nil, true
	}
	usage, ok := errors.AsType[*parse.UsageError](err)
	if !ok {
		usage = &parse.UsageError{Why: richtext.Say("The command could not be read."), Usage: usageOf()}
	}
	c.loggerOf(in).WithFields(logrus.Fields{"outcome": c.tally.Count(ledger.SlashCommand, "usage"), "usage_code": usage.Code}).Info("command answered")
	return args, c.explain(ctx, in, rule, usage), false
}

// explain answers a command that could not be read: what is wrong, and how to go on.
func (c *typed) explain(ctx context.Context, in invocation.Invocation, rule string, usage *parse.UsageError) richtext.Answer {
	switch usage.Code {
	case parse.UsageHelp:
		if c.kind == ledger.Add {
			return addHelp()
		}
		return Help()
	case parse.UsageChatNotUUID:
		if offered, answered := c.byName(ctx, in, rule); answered {
			return offered
		}
	}
	if c.kind == ledger.Add {
		return richtext.Answer{usage.Why, richtext.Say("%s %s finds the id of a chat; %s says more.", usage.Usage, richtext.ID("/linq-chats"), richtext.ID("/linq-add help"))}
	}
	if usage.Code == parse.UsageTextTooLong {
		return richtext.Answer{usage.Why, richtext.Say("A list of up to 500 people goes into a message, as its text or as a CSV file: post it, and choose %s in the message's menu.", richtext.Name("Remove list from chat…"))}
	}
	return richtext.Answer{usage.Why, richtext.Say("%s %s alone opens a form; %s says more.", usage.Usage, richtext.ID("/linq-remove"), richtext.ID("/linq-remove help"))}
}

func (c *typed) orders(in invocation.Invocation, args parse.Args, source ledger.Source, rule string) []ledger.Order {
	orders := make([]ledger.Order, len(args.Handles))
	for i, understood := range args.Handles {
		orders[i] = ledger.Order{
			Delivery: in.Delivery, Kind: c.kind, Source: source,
			TeamID: in.TeamID, ChannelID: in.ChannelID, UserID: in.UserID, Rule: rule,
			ResponseURL: ledger.NewSecret(in.ResponseURL), ThreadTS: in.ThreadTS,
			ChatID: args.Chat.String(), Handle: ledger.NewSecret(understood.Handle.Full()), Because: args.Because, Limits: c.rails.Limits,
		}
	}
	return orders
}

// accept records orders. It returns false with the answer, which may be empty, when the command ends with that.
func (c *typed) accept(ctx context.Context, in invocation.Invocation, orders []ledger.Order, rule string) ([]ledger.Acceptance, richtext.Answer, bool) {
	log := c.loggerOf(in)
	accepted, err := c.recorder.Accept(ctx, orders)
	if err != nil {
		return nil, c.notRecorded(in, err, orders[0].DryRun != nil), false
	}
	if accepted[0].Outcome == ledger.Limited {
		return nil, c.refuseLimited(ctx, ledger.SlashCommand, in, accepted[0].Limit), false
	}
	for _, a := range accepted {
		log.WithFields(logrus.Fields{
			"outcome": c.tally.Count(ledger.SlashCommand, outcomeName(a)), "request": a.Request.ShortID(), "chat": a.Request.ChatID, "rule": rule,
		}).Info("command answered")
	}
	return accepted, nil, !wasSeen(accepted)
}

// refuseProtected says no to a removal that names somebody who is protected. It returns true when one does, with
// the answer, which is empty for a delivery that was seen before.
func (c *typed) refuseProtected(ctx context.Context, source ledger.Source, in invocation.Invocation, args parse.Args) (richtext.Answer, bool) {
	return invocation.RefuseProtected(ctx, c.gate, c.rails.Protected, source, in.Caller(), args.Handles)
}

// refuseLimited says no to what is over a limit. It spends the delivery. Otherwise a repeat could do what the person
// was told is not done.
func (c *typed) refuseLimited(ctx context.Context, source ledger.Source, in invocation.Invocation, met ledger.Limit) richtext.Answer {
	return c.gate.Deny(ctx, source, in.Caller(), rails.RuleOf(met), rails.LimitWords(met, ""))
}

// nameOf names a chat by its name too, where that is known without asking Linq.
func (c *typed) nameOf(chat linq.ChatID) richtext.Text {
	if name := c.book.Name(chat); name != "" {
		return richtext.Say("%s, chat %s,", richtext.Name(richtext.Shortened(name)), richtext.ID(chat.String()))
	}
	return richtext.Say("chat %s", richtext.ID(chat.String()))
}

// notRecorded answers a command that is not on record.
func (c *typed) notRecorded(in invocation.Invocation, err error, dryRun bool) richtext.Answer {
	c.loggerOf(in).WithError(err).WithField("outcome", c.tally.Count(ledger.SlashCommand, "not_recorded")).Error("command answered")
	if dryRun {
		return richtext.Answer{richtext.Say("%s Nothing was done, and what would happen is not known: linqbot cannot use its ledger. Try again in a minute; if it stays like this, tell someone who runs linqbot.", string(richtext.MarkNeedsPerson))}
	}
	return outcome.NotRecorded(err)
}

// wasSeen reports whether a delivery was recorded, denied or read before. What belongs to one delivery
// is recorded together, so one order of it tells.
func wasSeen(accepted []ledger.Acceptance) bool {
	return slices.ContainsFunc(accepted, func(a ledger.Acceptance) bool {
		return a.Outcome == ledger.Redelivered || a.Outcome == ledger.Spent
	})
}

func outcomeName(a ledger.Acceptance) string {
	switch {
	case a.Outcome == ledger.Recorded && a.Request.State == ledger.Simulated:
		return string(ledger.Simulated)
	case a.Outcome == ledger.Recorded:
		return "recorded"
	case a.Outcome == ledger.UnderWay:
		return "under_way"
	default:
		return "redelivered"
	}
}
