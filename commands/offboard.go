package commands

import (
	"context"
	"errors"

	"github.com/sirupsen/logrus"

	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// BatchRecorder takes batches; see [ledger.Ledger.AcceptBatch].
type BatchRecorder interface {
	AcceptBatch(ctx context.Context, o ledger.BatchOrder) (ledger.Batch, bool, error)
}

// Offboard is the command /linq-offboard: it takes a person out of every group chat, after a question.
type Offboard struct {
	cfg  OffboardConfig
	gate *policy.Gate
	log  *logrus.Entry
}

// OffboardConfig is what an [Offboard] needs.
type OffboardConfig struct {
	Gate    *policy.Gate
	Batches BatchRecorder
	Rails   rails.Rails
	Lines   *reconcile.OwnLines // optional; without them our own lines are found later
	Region  string              // for numbers written without a country code
	Logger  *logrus.Logger
	Tally   policy.Outcomes // optional; nil counts nothing
}

// NewOffboard returns the command.
func NewOffboard(cfg OffboardConfig) *Offboard {
	return &Offboard{cfg: cfg, gate: cfg.Gate, log: cfg.Logger.WithField("part", "commands")}
}

// Run records what the invocation asks for and says so. What would be done is found later, and is asked about then.
func (c *Offboard) Run(ctx context.Context, in Invocation) richtext.Answer {
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
func (c *Offboard) misread(in Invocation, err error) richtext.Answer {
	usage, ok := errors.AsType[*parse.UsageError](err)
	if !ok {
		usage = &parse.UsageError{Why: richtext.Say("The command could not be read."), Usage: parse.OffboardUsage()}
	}
	c.logOf(in).WithFields(logrus.Fields{"outcome": c.cfg.Tally.Count(ledger.SlashCommand, "usage"), "usage_code": usage.Code}).Info("command answered")
	if usage.Code == parse.UsageHelp {
		return append(richtext.Answer{usage.Why, usage.Usage}, richtext.Say("What would be removed is shown first, and nothing is done before you say yes."))
	}
	return richtext.Answer{usage.Why, usage.Usage}
}

// record stores the batch. It returns false when it is not stored, and the answer says why.
func (c *Offboard) record(ctx context.Context, in Invocation, source ledger.Source, args parse.OffboardArgs, rule string) (richtext.Answer, bool) {
	log := c.logOf(in)
	if refused, isProtected := refuseProtected(ctx, c.gate, c.cfg.Rails, source, in, args.Handles); isProtected {
		return refused, false
	}
	for _, who := range args.Handles {
		if c.cfg.Lines.Remembers(who.Handle) {
			log.WithField("outcome", c.cfg.Tally.Count(source, "own_line")).Info("command answered")
			return ownLineNamed(who), false
		}
	}
	b, fresh, err := c.cfg.Batches.AcceptBatch(ctx, offboardOrder(in, source, args, rule))
	if err != nil {
		log.WithError(err).WithField("outcome", c.cfg.Tally.Count(source, "not_recorded")).Error("command answered")
		return notRecorded(err), false
	}
	if !fresh {
		log.WithField("outcome", c.cfg.Tally.Count(source, "redelivered")).Info("command answered")
		return nil, true
	}
	log.WithFields(logrus.Fields{"outcome": c.cfg.Tally.Count(source, "recorded"), "batch": b.ShortID(), "rule": rule}).Info("command answered")
	return append(lookingThrough(in, args.Handles), rails.Told(c.cfg.Rails.Pause(ctx))...), true
}

func (c *Offboard) logOf(in Invocation) *logrus.Entry {
	return c.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID, "delivery": in.Delivery})
}

// lookingThrough says what was understood, and what comes next.
func lookingThrough(in Invocation, people []parse.ParsedHandle) richtext.Answer {
	var names richtext.Text
	for _, who := range people {
		names = append(names, richtext.Name(who.International))
	}
	answer := richtext.Answer{richtext.Say("%s Looking through the chats for %s; %s.", string(richtext.MarkQueued), richtext.AllOf(names), proposalFollows(in))}
	for _, who := range people {
		answer = append(answer, cautions(who)...)
	}
	return answer
}

// proposalFollows says where what would be done is shown. A form has no place of its own to answer in.
func proposalFollows(in Invocation) string {
	if in.ResponseURL == "" {
		return "the proposal follows in a direct message from linqbot"
	}
	return "the proposal follows here, for you alone"
}

// offboardOrder is the batch for what was asked. It always asks, but for a workflow, which cannot answer.
func offboardOrder(in Invocation, source ledger.Source, args parse.OffboardArgs, rule string) ledger.BatchOrder {
	return ledger.BatchOrder{
		Delivery: in.Delivery, Job: ledger.Offboard, Kind: ledger.Remove, Source: source,
		TeamID: in.TeamID, ChannelID: in.ChannelID, UserID: in.UserID, Rule: rule,
		ResponseURL: ledger.NewSecret(in.ResponseURL), ThreadTS: in.ThreadTS,
		Handles: secretsOf(args.Handles), Because: args.Because, DryRun: args.DryRun,
		Asks: source != ledger.WorkflowStep,
	}
}

func secretsOf(people []parse.ParsedHandle) []ledger.Secret {
	secrets := make([]ledger.Secret, len(people))
	for i, who := range people {
		secrets[i] = ledger.NewSecret(who.Handle.Full())
	}
	return secrets
}
