package policy

import (
	"context"
	"io"

	"github.com/sirupsen/logrus"

	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// Audit keeps what leaves no request; see [ledger.Ledger].
type Audit interface {
	Deny(ctx context.Context, d ledger.Denial) (repeated bool, err error)
	KeepReading(ctx context.Context, r ledger.Reading) (repeated bool, err error)
	TakeDelivery(ctx context.Context, delivery string) (fresh bool, err error)
}

// What said no, as the record has it. The rules that let somebody in are those of [Decision], and are
// kept with what was asked for: see [ledger.Order].
const (
	deniedByName     = "not named"
	DeniedByChannel  = "channel not allowed"
	deniedUnknown    = "group look-up failed"
	DeniedByTeam     = "not our workspace"
	DeniedToAnswerIt = "not who was asked"
	DeniedSteps      = "workflow steps off"
	DeniedAdding     = "adding off"
)

// Caller is who asks, and where.
type Caller struct {
	Delivery  string // the platform's id of what was sent
	TeamID    string
	ChannelID string
	UserID    string
}

// Gate stands at every entrance, and a process has one: it asks the policy before anything else is done, and
// records, counts, logs and answers a denial. It also records what people who may come in read.
type Gate struct {
	policy Policy
	audit  Audit
	log    *logrus.Entry
	tally  Outcomes
}

// GateConfig is what a [Gate] needs.
type GateConfig struct {
	Policy Policy
	Audit  Audit          // optional; nil records nothing
	Logger *logrus.Logger // optional; nil logs nothing
	Tally  Outcomes       // optional; nil counts nothing
}

// NewGate returns a gate.
func NewGate(cfg GateConfig) *Gate {
	if cfg.Logger == nil {
		cfg.Logger = logrus.New()
		cfg.Logger.SetOutput(io.Discard)
	}
	return &Gate{policy: cfg.Policy, audit: cfg.Audit, log: cfg.Logger.WithField("part", "commands"), tally: cfg.Tally}
}

// ForAdding returns the same gate, with words about adding people.
func (g *Gate) ForAdding() *Gate {
	view := *g
	view.policy = g.policy.forAdding()
	return &view
}

// WithoutTally returns the same gate, for those who count its denials themselves.
func (g *Gate) WithoutTally() *Gate {
	view := *g
	view.tally = nil
	return &view
}

// Deny refuses what came in by source, and records, counts and logs that. rule names what said no,
// and why says what to do instead. The answer is empty for a delivery that was seen before.
func (g *Gate) Deny(ctx context.Context, source ledger.Source, by Caller, rule string, why richtext.Text) richtext.Answer {
	log := g.log.WithFields(logrus.Fields{"user": by.UserID, "channel": by.ChannelID, "delivery": by.Delivery})
	repeated := false
	if g.audit != nil {
		var err error
		repeated, err = g.audit.Deny(ctx, ledger.Denial{
			Source: source, TeamID: by.TeamID, ChannelID: by.ChannelID, UserID: by.UserID, Rule: rule, Delivery: by.Delivery,
		})
		if err != nil {
			log.WithError(err).Warn("a denial was not recorded")
		}
	}
	outcome := "denied"
	switch {
	case repeated:
		outcome = "redelivered"
	case rule == DeniedToAnswerIt:
		outcome = "somebody_else"
	}
	log.WithField("outcome", g.tally.Count(source, outcome)).Info(answered(source))
	if repeated {
		return nil
	}
	return richtext.Answer{richtext.Say("%s %s", string(richtext.MarkRefused), why)}
}

// answered is what the log says of an answer.
func answered(source ledger.Source) string {
	switch source {
	case ledger.SlashCommand:
		return "command answered"
	case ledger.Modal:
		return "form answered"
	case ledger.Answered:
		return "question answered"
	case ledger.UndoButton:
		return "undo answered"
	case ledger.WorkflowStep:
		return "workflow step answered"
	case ledger.ChatSearch:
		return "search answered"
	case ledger.HomeSwitch:
		return "switch answered"
	default:
		return "chats answered"
	}
}

// Enter asks whether a person may act where they are. It returns false when they may not, with the answer.
func (g *Gate) Enter(ctx context.Context, source ledger.Source, by Caller) (Decision, richtext.Answer, bool) {
	decision := g.policy.Decide(ctx, by.UserID, by.ChannelID)
	if decision.Allowed {
		return decision, nil, true
	}
	return decision, g.Deny(ctx, source, by, decision.Rule, decision.Why), false
}

// EnterAnywhere asks whether a person may act at all, where it is not known yet which channel counts.
func (g *Gate) EnterAnywhere(ctx context.Context, source ledger.Source, by Caller) (Decision, richtext.Answer, bool) {
	decision := g.policy.decideUser(ctx, by.UserID)
	if decision.Allowed {
		return decision, nil, true
	}
	return decision, g.Deny(ctx, source, by, decision.Rule, decision.Why), false
}

// Decide asks the policy whether a person may act in a channel, without saying no to anybody.
func (g *Gate) Decide(ctx context.Context, user, channel string) Decision {
	return g.policy.Decide(ctx, user, channel)
}

// DenyChannel says why commands do not work in a channel; nothing if they work there.
func (g *Gate) DenyChannel(channel string) richtext.Text { return g.policy.denyChannel(channel) }

// Words are what a denial says of what is denied.
func (g *Gate) Words() Words { return g.policy.words() }

// WhichChannels names the channels in which commands work.
func (g *Gate) WhichChannels() richtext.Text { return g.policy.whichChannels() }

// DecideUser asks the policy without saying no to anybody.
func (g *Gate) DecideUser(ctx context.Context, user string) Decision {
	return g.policy.decideUser(ctx, user)
}

// EnterChannel is the other half of [Gate.EnterAnywhere].
func (g *Gate) EnterChannel(ctx context.Context, source ledger.Source, by Caller) (richtext.Answer, bool) {
	why := g.policy.denyChannel(by.ChannelID)
	if len(why) == 0 {
		return nil, true
	}
	return g.Deny(ctx, source, by, DeniedByChannel, why), false
}

// KeepReading records that somebody whom rule lets in lists or searches chats, or opens the one that is named. It
// returns false for a delivery that did so before, which is not answered again.
func (g *Gate) KeepReading(ctx context.Context, source ledger.Source, by Caller, rule, chat, words string) bool {
	if g.audit == nil {
		return true
	}
	log := g.log.WithFields(logrus.Fields{"user": by.UserID, "channel": by.ChannelID, "delivery": by.Delivery})
	repeated, err := g.audit.KeepReading(ctx, ledger.Reading{
		Source: source, TeamID: by.TeamID, ChannelID: by.ChannelID, UserID: by.UserID, Rule: rule, ChatID: chat,
		Searched: richtext.Shortened(handle.MaskText(words)), Delivery: by.Delivery,
	})
	if err != nil {
		log.WithError(err).Warn("a reading was not recorded")
	}
	if repeated {
		log.WithField("outcome", g.tally.Count(source, "redelivered")).Info(answered(source))
	}
	return !repeated
}

// TakeDelivery spends a delivery, so that what it does is done once. It returns false for one that was spent before.
func (g *Gate) TakeDelivery(ctx context.Context, delivery string) (bool, error) {
	if g.audit == nil || delivery == "" {
		return true, nil
	}
	return g.audit.TakeDelivery(ctx, delivery)
}
