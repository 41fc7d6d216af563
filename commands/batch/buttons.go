package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Decisions is what [Buttons] need of the ledger.
type Decisions interface {
	Batch(ctx context.Context, id string) (ledger.Batch, error)
	BatchUndoneBy(ctx context.Context, id string) (ledger.Batch, error)
	Progress(ctx context.Context, batchID string) (ledger.Progress, error)
	DecideBatch(ctx context.Context, id string, d ledger.BatchDecision, userID string, limits ledger.Limits) (ledger.Batch, bool, error)
	AcceptBatch(ctx context.Context, o ledger.BatchOrder) (ledger.Batch, bool, error)
}

// ButtonsConfig is what [Buttons] need.
type ButtonsConfig struct {
	Gate    *policy.Gate
	Batches Decisions
	Rails   rails.Rails
	Logger  *logrus.Logger
	Now     func() time.Time // defaults to time.Now
	Tally   policy.Outcomes  // optional; nil counts nothing
}

// Buttons is what presses on the buttons of batches mean.
type Buttons struct {
	cfg  ButtonsConfig
	gate *policy.Gate
	log  *logrus.Entry
}

// NewButtons returns the buttons.
func NewButtons(cfg ButtonsConfig) *Buttons {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Buttons{cfg: cfg, gate: cfg.Gate, log: cfg.Logger.WithField("part", "commands")}
}

// Press is a press of a button.
type Press struct {
	Delivery    string // the platform's id of this press
	BatchID     string
	TeamID      string
	UserID      string
	ChannelID   string
	ThreadTS    string // the thread in which the button stands
	ResponseURL string
}

func (p Press) caller() policy.Caller {
	return policy.Caller{Delivery: p.Delivery, TeamID: p.TeamID, ChannelID: p.ChannelID, UserID: p.UserID}
}

// Decide carries out what a person decided about a batch. Only the person who asked for it may say yes or no to what is
// proposed. Everybody who may remove people in the batch's channel may pause, resume and stop it. It returns the
// private answer to the press, and true if that replaces the message with the button.
func (x *Buttons) Decide(ctx context.Context, press Press, d ledger.BatchDecision) (richtext.Answer, bool) {
	log := x.log.WithFields(logrus.Fields{"user": press.UserID, "batch": press.BatchID, "decision": d})
	b, answer, may := x.enter(ctx, log, press, d)
	if !may {
		return answer, false
	}
	if p, err := x.cfg.Batches.Progress(ctx, b.ID); d == ledger.ConfirmBatch && (err != nil || NeedsTyping(p)) {
		if err != nil {
			return x.notDecided(log, err), false
		}
		return richtext.Answer{richtext.Say("%s %s is too much for a press alone. Choose the button again, and type the number into the form.", string(richtext.MarkRefused), amount(b, p.All))}, false
	}
	return x.decide(ctx, log, press, b, d)
}

// ConfirmTyped is the yes of a person who typed how many items the batch has. wrong says what is wrong with what was
// typed; then nothing is decided. closed is true when the answer takes the place of the proposal, as in [Buttons.Decide].
func (x *Buttons) ConfirmTyped(ctx context.Context, press Press, typed string) (answer richtext.Answer, closed bool, wrong string) {
	log := x.log.WithFields(logrus.Fields{"user": press.UserID, "batch": press.BatchID, "decision": ledger.ConfirmBatch})
	b, answer, may := x.enter(ctx, log, press, ledger.ConfirmBatch)
	if !may {
		return answer, false, ""
	}
	p, err := x.cfg.Batches.Progress(ctx, b.ID)
	if err != nil {
		return x.notDecided(log, err), false, ""
	}
	if b.State == ledger.Proposed && !isNumber(typed, p.All) {
		log.WithField("outcome", x.cfg.Tally.Count(ledger.Answered, "wrong_number")).Info("question answered")
		return nil, false, fmt.Sprintf("That is not the number. To go on, type %d, for %s.", p.All, amount(b, p.All))
	}
	answer, closed = x.decide(ctx, log, press, b, ledger.ConfirmBatch)
	return answer, closed, ""
}

// MayType says whether a person may open the form in which the number is typed, and what it asks. It returns true
// when they may; else the answer says why not.
func (x *Buttons) MayType(ctx context.Context, press Press) (Question, richtext.Answer, bool) {
	log := x.log.WithFields(logrus.Fields{"user": press.UserID, "batch": press.BatchID, "decision": ledger.ConfirmBatch})
	b, answer, may := x.enter(ctx, log, press, ledger.ConfirmBatch)
	if !may {
		return Question{}, answer, false
	}
	p, err := x.cfg.Batches.Progress(ctx, b.ID)
	if err != nil {
		return Question{}, x.notDecided(log, err), false
	}
	if b.State != ledger.Proposed || !x.cfg.Now().Before(b.ExpiresAt) {
		return Question{}, decidedAnswer(b, p, ledger.ConfirmBatch, false, press.UserID), false
	}
	return typedQuestion(b, p), nil, true
}

// enter lets those in who may decide, and loads the batch for them.
func (x *Buttons) enter(ctx context.Context, log *logrus.Entry, press Press, d ledger.BatchDecision) (ledger.Batch, richtext.Answer, bool) {
	by := press.caller()
	deny := func(rule string, why richtext.Text) (ledger.Batch, richtext.Answer, bool) {
		return ledger.Batch{}, x.gate.Deny(ctx, ledger.Answered, by, rule, why), false
	}
	// The person who asked may always say no, so a no counts even if the policy denies them by now.
	decision := x.gate.DecideUser(ctx, press.UserID)
	if !decision.Allowed && d != ledger.DeclineBatch {
		return deny(decision.Rule, decision.Why)
	}
	b, err := x.cfg.Batches.Batch(ctx, press.BatchID)
	switch {
	case err != nil && !decision.Allowed:
		return deny(decision.Rule, decision.Why)
	case errors.Is(err, ledger.ErrNotFound):
		log.WithField("outcome", x.cfg.Tally.Count(ledger.Answered, "unknown")).Info("question answered")
		return b, richtext.Answer{richtext.Say("%s linqbot has no record of this. Nothing was changed. Ask again.", string(richtext.MarkRefused))}, false
	case err != nil:
		return b, x.unread(log, err), false
	case isForAsker(d) && b.UserID != press.UserID && !decision.Allowed:
		return deny(decision.Rule, decision.Why)
	case isForAsker(d) && b.UserID != press.UserID:
		return deny(policy.DeniedToAnswerIt, richtext.Say("Only %s, who asked, can decide this.", richtext.Member(b.UserID)))
	case d == ledger.DeclineBatch:
		return b, nil, true
	}
	by.ChannelID = cmp.Or(b.ChannelID, press.ChannelID) // which counts, wherever the button stands
	if answer, may := x.gate.EnterChannel(ctx, ledger.Answered, by); !may {
		return ledger.Batch{}, answer, false
	}
	return b, nil, true
}

func isForAsker(d ledger.BatchDecision) bool {
	return d == ledger.ConfirmBatch || d == ledger.DeclineBatch
}

// decide carries out a decision of somebody who may. A press counts once.
func (x *Buttons) decide(ctx context.Context, log *logrus.Entry, press Press, b ledger.Batch, d ledger.BatchDecision) (richtext.Answer, bool) {
	if fresh, err := x.gate.TakeDelivery(ctx, press.Delivery); err != nil {
		return x.notDecided(log, err), false
	} else if !fresh {
		log.WithField("outcome", x.cfg.Tally.Count(ledger.Answered, "redelivered")).Info("question answered")
		return nil, false
	}
	b, changed, err := x.cfg.Batches.DecideBatch(ctx, b.ID, d, press.UserID, x.cfg.Rails.Limits)
	if met, over := errors.AsType[*ledger.LimitError](err); over {
		by := press.caller()
		by.Delivery = "" // it was taken above, so a denial by its name would count as a repeated one
		return x.gate.Deny(ctx, ledger.Answered, by, rails.RuleOf(met.Limit), rails.LimitWords(met.Limit, "")), false
	}
	if err != nil {
		return x.notDecided(log, err), false
	}
	p, err := x.cfg.Batches.Progress(ctx, b.ID)
	if err != nil { // it is decided all the same
		log.WithError(err).Warn("a batch was decided, and could not be counted")
	}
	log.WithField("outcome", x.cfg.Tally.Count(ledger.Answered, decidedName(d, changed))).Info("question answered")
	answer := decidedAnswer(b, p, d, changed, press.UserID)
	if b.Kind == ledger.Remove && b.State == ledger.Running {
		answer = append(answer, rails.Told(x.cfg.Rails.Pause(ctx))...)
	}
	return answer, isForAsker(d)
}

func decidedName(d ledger.BatchDecision, changed bool) string {
	if !changed {
		return "too_late"
	}
	switch d {
	case ledger.ConfirmBatch:
		return "confirmed"
	case ledger.DeclineBatch:
		return "declined"
	case ledger.PauseBatch:
		return "paused"
	case ledger.ResumeBatch:
		return "resumed"
	default:
		return "stopped"
	}
}

// unread answers when the ledger could not be read: then nothing was written either.
func (x *Buttons) unread(log *logrus.Entry, err error) richtext.Answer {
	log.WithError(err).WithField("outcome", x.cfg.Tally.Count(ledger.Answered, "not_recorded")).Error("question not answered")
	return outcome.AnswerNotRead()
}

func (x *Buttons) notDecided(log *logrus.Entry, err error) richtext.Answer {
	log.WithError(err).WithField("outcome", x.cfg.Tally.Count(ledger.Answered, "not_recorded")).Error("question not answered")
	return outcome.AnswerNotRecorded()
}
