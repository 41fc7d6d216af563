package commands

import (
	"context"

	"github.com/sirupsen/logrus"

	"linqbot/commands/chatindex"
	"linqbot/commands/forecast"
	"linqbot/commands/invocation"
	"linqbot/commands/parse"
	"linqbot/commands/peoplelist"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Recorder takes orders; see [ledger.Ledger.Accept].
type Recorder interface {
	Accept(ctx context.Context, orders []ledger.Order) ([]ledger.Acceptance, error)
}

// Remove is the command /linq-remove.
type Remove struct {
	typed
	confirm   bool
	questions Questions
	lists     *peoplelist.Lists
}

// RemoveConfig is what [Remove] needs.
type RemoveConfig struct {
	Gate     *policy.Gate
	Recorder Recorder
	Region   string // for numbers written without a country code
	Rails    rails.Rails
	Logger   *logrus.Logger

	Confirm   bool                // ask the person before anything is removed
	Questions Questions           // needed only with Confirm
	UnderWay  forecast.UnderWay   // needed only for dry runs
	Chats     forecast.ChatReader // needed only with Confirm and for dry runs
	Book      *chatindex.Index    // optional; nil offers no chats for a name
	Lines     *reconcile.OwnLines // optional; without them a preview knows only what the chat says

	Lists *peoplelist.Lists // optional; without them no more people are taken than a command carries out at once

	Tally policy.Outcomes // optional; nil counts nothing
}

// NewRemove returns the command.
func NewRemove(cfg RemoveConfig) *Remove {
	return &Remove{
		typed: typed{
			kind:     ledger.Remove,
			gate:     cfg.Gate,
			recorder: cfg.Recorder, region: cfg.Region, book: cfg.Book, log: cfg.Logger.WithField("part", "commands"), rails: cfg.Rails, tally: cfg.Tally,
			forecaster: forecast.Forecaster{Chats: cfg.Chats, Lines: cfg.Lines, Region: cfg.Region}, underWay: cfg.UnderWay,
		},
		confirm: cfg.Confirm, questions: cfg.Questions, lists: cfg.Lists,
	}
}

// Run records what the invocation asks for and says so. When it returns, either every removal that
// was asked for is on disk, or none is and the answer says why.
func (c *Remove) Run(ctx context.Context, in invocation.Invocation) richtext.Answer {
	decision, denied, may := c.gate.Enter(ctx, ledger.SlashCommand, in.Caller())
	if !may {
		return denied
	}
	if in.OpenForm != nil {
		if chat, opens := parse.OpensForm(in.Text); opens {
			return c.openForm(ctx, in, decision.Rule, chat)
		}
	}
	if list, ok := parse.RemoveList(in.Text); ok && c.lists != nil {
		return c.lists.Typed(ctx, in, decision.Rule, list)
	}
	args, answer, ok := c.read(ctx, in, decision.Rule)
	if !ok {
		return answer
	}
	if refused, isProtected := c.refuseProtected(ctx, ledger.SlashCommand, in, args); isProtected {
		return refused
	}
	if args.DryRun {
		return c.dryRun(ctx, in, args, decision.Rule)
	}
	asked := c.orders(in, args, ledger.SlashCommand, decision.Rule)
	if c.confirm {
		for i := range asked {
			asked[i].ConfirmFor = confirmFor
		}
	}
	accepted, answer, ok := c.accept(ctx, in, asked, decision.Rule)
	switch {
	case !ok:
		return answer
	case c.confirm:
		return append(c.askToConfirm(ctx, in, args, accepted), rails.Told(c.rails.Pause(ctx))...)
	default:
		return append(c.acknowledge(in, args, accepted), rails.Told(c.rails.Pause(ctx))...)
	}
}

func (c *Remove) openForm(ctx context.Context, in invocation.Invocation, rule, chat string) richtext.Answer {
	if !c.opens(ctx, ledger.SlashCommand, in, rule, chat) {
		return nil
	}
	in.OpenForm(chat)
	return formOpens()
}

// formOpens goes with the form: where it does not open, it says how to do without.
func formOpens() richtext.Answer {
	return richtext.Answer{richtext.Say("Pick the chat and the people in the form that opens. It can also be typed."), parse.RemoveUsage()}
}
