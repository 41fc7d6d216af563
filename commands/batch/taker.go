package batch

import (
	"context"

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

// Recorder takes batches; see [ledger.Ledger.AcceptBatch].
type Recorder interface {
	AcceptBatch(ctx context.Context, o ledger.BatchOrder) (ledger.Batch, bool, error)
}

// Taker records batches that name people, unless one of them is never removed.
type Taker struct {
	Gate    *policy.Gate
	Rails   rails.Rails
	Lines   *reconcile.OwnLines // optional; without them our own lines are found later
	Batches Recorder
	Tally   policy.Outcomes // optional; nil counts nothing
	Said    string          // the log line of each answer
}

// Take records a batch about people, whose order is from [OrderOf]. fresh is false when it is not recorded now: then
// answer says why, and recorded tells whether it was recorded before.
func (t Taker) Take(ctx context.Context, log *logrus.Entry, people []parse.ParsedHandle, o ledger.BatchOrder) (answer richtext.Answer, recorded, fresh bool) {
	by := policy.Caller{Delivery: o.Delivery, TeamID: o.TeamID, ChannelID: o.ChannelID, UserID: o.UserID}
	if refused, isProtected := invocation.RefuseProtected(ctx, t.Gate, t.Rails.Protected, o.Source, by, people); isProtected {
		return refused, false, false
	}
	for _, who := range people {
		if t.Lines.Remembers(who.Handle) {
			log.WithField("outcome", t.Tally.Count(o.Source, "own_line")).Info(t.Said)
			return ownLineNamed(who), false, false
		}
	}
	b, fresh, err := t.Batches.AcceptBatch(ctx, o)
	if err != nil {
		log.WithError(err).WithField("outcome", t.Tally.Count(o.Source, "not_recorded")).Error(t.Said)
		return outcome.NotRecorded(err), false, false
	}
	if !fresh {
		log.WithField("outcome", t.Tally.Count(o.Source, "redelivered")).Info(t.Said)
		return nil, true, false
	}
	log.WithFields(logrus.Fields{"outcome": t.Tally.Count(o.Source, "recorded"), "batch": b.ShortID(), "rule": o.Rule}).Info(t.Said)
	return nil, true, true
}

func ownLineNamed(who parse.ParsedHandle) richtext.Answer {
	return richtext.Answer{richtext.Say("%s %s is your own line, and linqbot only removes other people. Nothing was recorded. Leave it out, and ask again.",
		string(richtext.MarkRefused), richtext.Name(who.International))}
}

// OrderOf is the order for a batch of removals, without what sort of batch it is. It always asks, except a workflow,
// which cannot answer.
func OrderOf(in invocation.Invocation, source ledger.Source, rule string, people []parse.ParsedHandle, tail parse.Tail) ledger.BatchOrder {
	return ledger.BatchOrder{
		Delivery: in.Delivery, Kind: ledger.Remove, Source: source,
		TeamID: in.TeamID, ChannelID: in.ChannelID, UserID: in.UserID, Rule: rule,
		ResponseURL: ledger.NewSecret(in.ResponseURL), ThreadTS: in.ThreadTS,
		Handles: secretsOf(people), Because: tail.Because, DryRun: tail.DryRun,
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

// ProposalFollows says where what would be done is shown. A form has no place of its own to answer in.
func ProposalFollows(in invocation.Invocation) string {
	if in.ResponseURL == "" {
		return "the proposal follows in a direct message from linqbot"
	}
	return "the proposal follows here, for you alone"
}
