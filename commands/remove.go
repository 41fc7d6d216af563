package commands

import (
	"context"
	"errors"
	"slices"

	"github.com/sirupsen/logrus"

	"linqbot/commands/chatindex"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// Invocation is a command as a person gave it.
type Invocation struct {
	Delivery    string // the platform's id of this delivery
	TeamID      string
	ChannelID   string
	UserID      string
	Text        string
	ResponseURL string
	ThreadTS    string // a thread to answer in; "": one of our own

	// OpenForm opens the form on a chat, "" for none. Optional; nil where no form can be opened.
	OpenForm func(chat string)
}

// Caller is who gave the command.
func (in Invocation) Caller() policy.Caller {
	return policy.Caller{Delivery: in.Delivery, TeamID: in.TeamID, ChannelID: in.ChannelID, UserID: in.UserID}
}

// Recorder takes orders; see [ledger.Ledger.Accept].
type Recorder interface {
	Accept(ctx context.Context, orders []ledger.Order) ([]ledger.Acceptance, error)
}

// Remove is the command /linq-remove.
type Remove struct {
	gate      *policy.Gate
	recorder  Recorder
	region    string
	confirm   bool
	questions Questions
	chats     ChatReader
	book      *chatindex.Index
	lines     *reconcile.OwnLines
	log       *logrus.Entry
	rails     rails.Rails
	tally     policy.Outcomes
}

// RemoveConfig is what [Remove] needs.
type RemoveConfig struct {
	Policy   policy.Policy
	Audit    policy.Audit // optional; nil records no denials and readings
	Recorder Recorder
	Region   string // for numbers written without a country code
	Rails    rails.Rails
	Logger   *logrus.Logger

	Confirm   bool                // ask the person before anything is removed
	Questions Questions           // needed only with Confirm
	Chats     ChatReader          // needed only with Confirm
	Book      *chatindex.Index    // optional; nil offers no chats for a name
	Lines     *reconcile.OwnLines // optional; without them a preview knows what the chat says

	Tally policy.Outcomes // optional; nil counts nothing
}

// NewRemove returns the command.
func NewRemove(cfg RemoveConfig) *Remove {
	return &Remove{
		gate:     policy.NewGate(policy.GateConfig{Policy: cfg.Policy, Audit: cfg.Audit, Logger: cfg.Logger, Tally: cfg.Tally}),
		recorder: cfg.Recorder, region: cfg.Region, log: cfg.Logger.WithField("part", "commands"),
		confirm: cfg.Confirm, questions: cfg.Questions, chats: cfg.Chats, book: cfg.Book, lines: cfg.Lines, rails: cfg.Rails, tally: cfg.Tally,
	}
}

// Run records what the invocation asks for and says so. When it returns, either every removal that
// was asked for is on disk, or none is and the answer says why.
func (c *Remove) Run(ctx context.Context, in Invocation) richtext.Answer {
	log := c.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID, "delivery": in.Delivery})
	decision, denied, may := c.gate.Enter(ctx, ledger.SlashCommand, in.Caller())
	if !may {
		return denied
	}
	if in.OpenForm != nil {
		if chat, opens := parse.OpensForm(in.Text); opens {
			return c.openForm(ctx, in, decision.Rule, chat)
		}
	}
	args, err := parse.Remove(in.Text, c.region)
	if err != nil {
		usage, ok := errors.AsType[*parse.UsageError](err)
		if !ok {
			usage = &parse.UsageError{Why: richtext.Say("The command could not be read."), Usage: parse.RemoveUsage()}
		}
		log.WithFields(logrus.Fields{"outcome": c.tally.Count(ledger.SlashCommand, "usage"), "usage_code": usage.Code}).Info("command answered")
		return c.explain(ctx, in, decision.Rule, usage)
	}
	if refused, isProtected := c.refuseProtected(ctx, ledger.SlashCommand, in, args); isProtected {
		return refused
	}
	asked := c.orders(in, args, decision.Rule)
	if c.confirm {
		for i := range asked {
			asked[i].ConfirmFor = confirmFor
		}
	}
	accepted, err := c.recorder.Accept(ctx, asked)
	if err != nil {
		log.WithError(err).WithField("outcome", c.tally.Count(ledger.SlashCommand, "not_recorded")).Error("command answered")
		return notRecorded(err)
	}
	if accepted[0].Outcome == ledger.Limited {
		return c.refuseLimited(ctx, ledger.SlashCommand, in, accepted[0].Limit)
	}
	for _, a := range accepted {
		log.WithFields(logrus.Fields{
			"outcome": c.tally.Count(ledger.SlashCommand, outcomeName(a.Outcome)), "request": a.Request.ShortID(), "chat": a.Request.ChatID, "rule": decision.Rule,
		}).Info("command answered")
	}
	if wasSeen(accepted) {
		return nil
	}
	if c.confirm {
		return append(c.askToConfirm(ctx, in, args, accepted), rails.Told(c.rails.Pause(ctx))...)
	}
	return append(acknowledge(in, args, accepted, c.nameOf(args.Chat)), rails.Told(c.rails.Pause(ctx))...)
}

// nameOf names a chat by its name too, where that is known without asking Linq.
func (c *Remove) nameOf(chat linq.ChatID) richtext.Text {
	if c.book != nil {
		if name := c.book.Name(chat); name != "" {
			return richtext.Say("%s, chat %s,", richtext.Name(richtext.Shortened(name)), richtext.ID(chat.String()))
		}
	}
	return richtext.Say("chat %s", richtext.ID(chat.String()))
}

// explain answers a command that could not be read: what is wrong, and how to go on.
func (c *Remove) explain(ctx context.Context, in Invocation, rule string, usage *parse.UsageError) richtext.Answer {
	switch usage.Code {
	case parse.UsageHelp:
		return Help()
	case parse.UsageChatNotUUID:
		if offered, answered := c.byName(ctx, in, rule); answered {
			return offered
		}
	}
	return richtext.Answer{usage.Why, richtext.Say("%s %s alone opens a form; %s says more.", usage.Usage, richtext.ID("/linq-remove"), richtext.ID("/linq-remove help"))}
}

func (c *Remove) openForm(ctx context.Context, in Invocation, rule, chat string) richtext.Answer {
	if !c.opens(ctx, ledger.SlashCommand, in, rule, chat) {
		return nil
	}
	in.OpenForm(chat)
	return FormOpens()
}

func (c *Remove) orders(in Invocation, args parse.RemoveArgs, rule string) []ledger.Order {
	orders := make([]ledger.Order, len(args.Handles))
	for i, understood := range args.Handles {
		orders[i] = ledger.Order{
			Delivery: in.Delivery, Kind: ledger.Remove, Source: ledger.SlashCommand,
			TeamID: in.TeamID, ChannelID: in.ChannelID, UserID: in.UserID, Rule: rule,
			ResponseURL: ledger.NewSecret(in.ResponseURL), ThreadTS: in.ThreadTS,
			ChatID: args.Chat.String(), Handle: ledger.NewSecret(understood.Handle.Full()), Limits: c.rails.Limits,
		}
	}
	return orders
}

func notRecorded(err error) richtext.Answer {
	if !errors.Is(err, ledger.ErrNotRecorded) { // only that is certain
		return richtext.Answer{richtext.Say("%s linqbot could not make sure that this was recorded. If a thread about it appears here, it was; if none does within a minute, try again.", string(richtext.MarkNeedsPerson))}
	}
	return richtext.Answer{richtext.Say("%s This was not recorded and nothing was done: linqbot cannot write to its ledger. Try again in a minute; if it stays like this, tell someone who runs linqbot.", string(richtext.MarkNeedsPerson))}
}

// wasSeen reports whether a delivery was recorded, denied or read before. What belongs to one delivery
// is recorded together, so one order of it tells.
func wasSeen(accepted []ledger.Acceptance) bool {
	return slices.ContainsFunc(accepted, func(a ledger.Acceptance) bool {
		return a.Outcome == ledger.Redelivered || a.Outcome == ledger.Spent
	})
}

func outcomeName(o ledger.Outcome) string {
	switch o {
	case ledger.Recorded:
		return "recorded"
	case ledger.UnderWay:
		return "under_way"
	default:
		return "redelivered"
	}
}
