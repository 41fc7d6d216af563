package offboard

import (
	"context"
	"errors"

	"github.com/sirupsen/logrus"

	"linqbot/commands/batch"
	"linqbot/commands/invocation"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Command is /linq-offboard: it takes a person out of every group chat, after a question.
type Command struct {
	cfg  Config
	gate *policy.Gate
	log  *logrus.Entry

	taker batch.Taker
}

// Config is what a [Command] needs.
type Config struct {
	Gate    *policy.Gate
	Batches batch.Recorder
	Rails   rails.Rails
	Lines   *reconcile.OwnLines // optional; without them our own lines are found later
	Region  string              // for numbers written without a country code
	Logger  *logrus.Logger
	Tally   policy.Outcomes // optional; nil counts nothing
}

// New returns the command.
func New(cfg Config) *Command {
	return &Command{cfg: cfg, gate: cfg.Gate, log: cfg.Logger.WithField("part", "commands"), taker: batch.Taker{
		Gate: cfg.Gate, Rails: cfg.Rails, Lines: cfg.Lines, Batches: cfg.Batches, Tally: cfg.Tally, Said: "command answered",
	}}
}

// Run records what the invocation asks for and says so. What would be done is found later, and is asked about then.
func (c *Command) Run(ctx context.Context, in invocation.Invocation) richtext.Answer {
	decision, denied, may := c.gate.Enter(ctx, ledger.SlashCommand, in.Caller())
	if !may {
		return denied
	}
	if in.OpenForm != nil && parse.Clean(in.Text) == "" {
		in.OpenForm("")
		return richtext.Answer{richtext.Say("Name the person in the form that opens. It can also be typed."), parse.OffboardUsage()}
	}
	args, err := parse.Offboard(in.Text, c.cfg.Region)
	if err != nil {
		return c.misread(in, err)
	}
	answer, _ := c.record(ctx, in, ledger.SlashCommand, args, decision.Rule)
	return answer
}

// misread says what is wrong with what was typed.
func (c *Command) misread(in invocation.Invocation, err error) richtext.Answer {
	usage, ok := errors.AsType[*parse.UsageError](err)
	if !ok {
		usage = &parse.UsageError{Why: richtext.Say("The command could not be read."), Usage: parse.OffboardUsage()}
	}
	c.logOf(in).WithFields(logrus.Fields{"outcome": c.cfg.Tally.Count(ledger.SlashCommand, "usage"), "usage_code": usage.Code}).Info("command answered")
	if usage.Code == parse.UsageHelp {
		return append(richtext.Answer{usage.Why, usage.Usage}, richtext.Say("What would be removed is shown first, and nothing is done before you say yes."))
	}
	if in.OpenForm == nil {
		return richtext.Answer{usage.Why, usage.Usage}
	}
	return richtext.Answer{usage.Why, richtext.Say("%s %s alone opens a form; %s says more.", usage.Usage, richtext.ID("/linq-offboard"), richtext.ID("/linq-offboard help"))}
}

// record stores the batch. It returns false when it is not stored, and the answer says why.
func (c *Command) record(ctx context.Context, in invocation.Invocation, source ledger.Source, args parse.OffboardArgs, rule string) (richtext.Answer, bool) {
	log := c.logOf(in)
	order := batch.OrderOf(in, source, rule, args.Handles, args.Tail)
	order.Job = ledger.Offboard
	answer, recorded, fresh := c.taker.Take(ctx, log, args.Handles, order)
	if !fresh {
		return answer, recorded
	}
	return append(lookingThrough(in, args.Handles), rails.Told(c.cfg.Rails.Pause(ctx))...), true
}

func (c *Command) logOf(in invocation.Invocation) *logrus.Entry {
	return c.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID, "delivery": in.Delivery})
}

// lookingThrough says what was understood, and what comes next.
func lookingThrough(in invocation.Invocation, people []parse.ParsedHandle) richtext.Answer {
	var names richtext.Text
	for _, who := range people {
		names = append(names, richtext.Name(who.International))
	}
	answer := richtext.Answer{richtext.Say("%s Looking through the chats for %s; %s.", string(richtext.MarkQueued), richtext.AllOf(names), batch.ProposalFollows(in))}
	for _, who := range people {
		answer = append(answer, who.Cautions()...)
	}
	return answer
}
