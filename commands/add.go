package commands

import (
	"context"

	"github.com/sirupsen/logrus"

	"linqbot/commands/chatindex"
	"linqbot/commands/forecast"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Add is the command /linq-add. What it has in common with /linq-remove is in [typed].
type Add struct {
	typed
	allowed bool
}

// AddConfig is what [Add] needs.
type AddConfig struct {
	Allowed  bool // else nobody is added by a command
	Gate     *policy.Gate
	Recorder Recorder
	Region   string // for numbers written without a country code
	Logger   *logrus.Logger
	Book     *chatindex.Index    // optional; nil offers no chats for a name
	Tally    policy.Outcomes     // optional; nil counts nothing
	UnderWay forecast.UnderWay   // needed only for dry runs
	Chats    forecast.ChatReader // needed only for dry runs
	Lines    *reconcile.OwnLines // optional; without them a dry run knows only what the chat says
}

// NewAdd returns the command.
func NewAdd(cfg AddConfig) *Add {
	return &Add{
		typed: typed{
			kind:     ledger.Add,
			gate:     cfg.Gate.ForAdding(),
			recorder: cfg.Recorder, region: cfg.Region, book: cfg.Book, log: cfg.Logger.WithField("part", "commands"), tally: cfg.Tally,
			forecaster: forecast.Forecaster{Chats: cfg.Chats, Lines: cfg.Lines, Region: cfg.Region}, underWay: cfg.UnderWay,
		},
		allowed: cfg.Allowed,
	}
}

// Run records what the invocation asks for and says so, as [Remove.Run] does. While adding is switched off, it
// reads nothing, and the audit has a denial.
func (c *Add) Run(ctx context.Context, in invocation.Invocation) richtext.Answer {
	decision, denied, may := c.gate.Enter(ctx, ledger.SlashCommand, in.Caller())
	if !may {
		return denied
	}
	if !c.allowed {
		return c.gate.Deny(ctx, ledger.SlashCommand, in.Caller(), policy.DeniedAdding, outcome.AddingOff())
	}
	args, answer, ok := c.read(ctx, in, decision.Rule)
	if !ok {
		return answer
	}
	if args.DryRun {
		return c.dryRun(ctx, in, args, decision.Rule)
	}
	accepted, answer, ok := c.accept(ctx, in, c.orders(in, args, ledger.SlashCommand, decision.Rule), decision.Rule)
	if !ok {
		return answer
	}
	return c.acknowledge(in, args, accepted)
}
