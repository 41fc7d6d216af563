package commands

import (
	"context"
	"errors"

	"github.com/sirupsen/logrus"

	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
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

// batchTaker records batches that name people, unless one of them is never removed.
type batchTaker struct {
	gate    *policy.Gate
	rails   rails.Rails
	lines   *reconcile.OwnLines
	batches BatchRecorder
	tally   policy.Outcomes
	said    string // the log line of each answer
}

// take records a batch. fresh is false when it is not recorded now: then answer says why, and recorded tells whether it
// was recorded before.
func (t batchTaker) take(ctx context.Context, log *logrus.Entry, in invocation.Invocation, people []parse.ParsedHandle, o ledger.BatchOrder) (answer richtext.Answer, recorded, fresh bool) {
	if refused, isProtected := invocation.RefuseProtected(ctx, t.gate, t.rails.Protected, o.Source, in.Caller(), people); isProtected {
		return refused, false, false
	}
	for _, who := range people {
		if t.lines.Remembers(who.Handle) {
			log.WithField("outcome", t.tally.Count(o.Source, "own_line")).Info(t.said)
			return ownLineNamed(who), false, false
		}
	}
	b, fresh, err := t.batches.AcceptBatch(ctx, o)
	if err != nil {
		log.WithError(err).WithField("outcome", t.tally.Count(o.Source, "not_recorded")).Error(t.said)
		return outcome.NotRecorded(err), false, false
	}
	if !fresh {
		log.WithField("outcome", t.tally.Count(o.Source, "redelivered")).Info(t.said)
		return nil, true, false
	}
	log.WithFields(logrus.Fields{"outcome": t.tally.Count(o.Source, "recorded"), "batch": b.ShortID(), "rule": o.Rule}).Info(t.said)
	return nil, true, true
}

// Offboard is the command /linq-offboard: it takes a person out of every group chat, after a question.
type Offboard struct {
	cfg  OffboardConfig
	gate *policy.Gate
	log  *logrus.Entry

	taker batchTaker
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
	return &Offboard{cfg: cfg, gate: cfg.Gate, log: cfg.Logger.WithField("part", "commands"), taker: batchTaker{
		gate: cfg.Gate, rails: cfg.Rails, lines: cfg.Lines, batches: cfg.Batches, tally: cfg.Tally, said: "command answered",
	}}
}

// Run records what the invocation asks for and says so. What would be done is found later, and is asked about then.
func (c *Offboard) Run(ctx context.Context, in invocation.Invocation) richtext.Answer {
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
func (c *Offboard) misread(in invocation.Invocation, err error) richtext.Answer {
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
func (c *Offboard) record(ctx context.Context, in invocation.Invocation, source ledger.Source, args parse.OffboardArgs, rule string) (richtext.Answer, bool) {
	log := c.logOf(in)
	answer, recorded, fresh := c.taker.take(ctx, log, in, args.Handles, offboardOrder(in, source, args, rule))
	if !fresh {
		return answer, recorded
	}
	return append(lookingThrough(in, args.Handles), rails.Told(c.cfg.Rails.Pause(ctx))...), true
}

func (c *Offboard) logOf(in invocation.Invocation) *logrus.Entry {
	return c.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID, "delivery": in.Delivery})
}

// lookingThrough says what was understood, and what comes next.
func lookingThrough(in invocation.Invocation, people []parse.ParsedHandle) richtext.Answer {
	var names richtext.Text
	for _, who := range people {
		names = append(names, richtext.Name(who.International))
	}
	answer := richtext.Answer{richtext.Say("%s Looking through the chats for %s; %s.", string(richtext.MarkQueued), richtext.AllOf(names), proposalFollows(in))}
	for _, who := range people {
		answer = append(answer, who.Cautions()...)
	}
	return answer
}

// proposalFollows says where what would be done is shown. A form has no place of its own to answer in.
func proposalFollows(in invocation.Invocation) string {
	if in.ResponseURL == "" {
		return "the proposal follows in a direct message from linqbot"
	}
	return "the proposal follows here, for you alone"
}

// offboardOrder is the batch for what was asked. It always asks, but for a workflow, which cannot answer.
func offboardOrder(in invocation.Invocation, source ledger.Source, args parse.OffboardArgs, rule string) ledger.BatchOrder {
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
