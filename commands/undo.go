package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/outcome"
	"linqbot/commands/policy"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Undo takes removals back: it is the button "Add back".
type Undo struct {
	cfg  UndoConfig
	gate *policy.Gate
	log  *logrus.Entry
}

// UndoConfig is what an [Undo] needs.
type UndoConfig struct {
	Gate      *policy.Gate
	Recorder  Recorder
	Records   UndoRecords
	Explainer outcome.Explainer
	Logger    *logrus.Logger
	Now       func() time.Time // defaults to time.Now
	Tally     policy.Outcomes  // optional; nil counts nothing
}

// UndoRecords is what an [Undo] reads in the ledger.
type UndoRecords interface {
	Request(ctx context.Context, id string) (ledger.Request, error)
	UndoneBy(ctx context.Context, removalID string) (ledger.Request, error)
}

// UndoClick is a click on "Add back".
type UndoClick struct {
	Delivery    string // the platform's id of this press
	RequestID   string // of the removal
	TeamID      string
	UserID      string
	ChannelID   string
	ThreadTS    string // the thread in which the button stands
	ResponseURL string
}

// NewUndo returns the button.
func NewUndo(cfg UndoConfig) *Undo {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Undo{cfg: cfg, gate: cfg.Gate, log: cfg.Logger.WithField("part", "commands")}
}

// Run records that the person is to be added back. It returns what the one who clicked is told alone: nothing if it
// is recorded, because the thread says so, or if the press was seen before.
func (u *Undo) Run(ctx context.Context, click UndoClick) richtext.Answer {
	log := u.log.WithFields(logrus.Fields{"user": click.UserID, "channel": click.ChannelID})
	by := policy.Caller{Delivery: click.Delivery, TeamID: click.TeamID, ChannelID: click.ChannelID, UserID: click.UserID}
	decision, answer, may := u.gate.EnterAnywhere(ctx, ledger.UndoButton, by)
	if !may {
		return answer
	}
	removal, err := u.cfg.Records.Request(ctx, click.RequestID)
	known := err == nil
	if !known && !errors.Is(err, ledger.ErrNotFound) {
		return u.unread(log, err)
	}
	by.ChannelID = removal.ChannelID // which counts, wherever the button stands
	if answer, may := u.gate.EnterChannel(ctx, ledger.UndoButton, by); !may {
		return answer
	}
	// Whatever comes of it, the press is spent: it must not add somebody later, when another one has failed.
	if fresh, err := u.gate.TakeDelivery(ctx, click.Delivery); err != nil {
		return u.unread(log, err)
	} else if !fresh {
		log.WithField("outcome", u.cfg.Tally.Count(ledger.UndoButton, "redelivered")).Info("undo answered")
		return nil
	}
	if !known {
		log.WithField("outcome", u.cfg.Tally.Count(ledger.UndoButton, "unknown")).Info("undo answered")
		return richtext.Answer{richtext.Say("%s linqbot has no record of this removal. Nobody was added. %s", string(richtext.MarkRefused), outcome.AskSomeoneInChat())}
	}
	log = log.WithField("removal", removal.ShortID())
	// A late press still learns that somebody else was in time.
	undone, err := u.cfg.Records.UndoneBy(ctx, removal.ID)
	switch {
	case err == nil:
		log.WithFields(logrus.Fields{"outcome": u.cfg.Tally.Count(ledger.UndoButton, "asked_before"), "request": undone.ShortID()}).Info("undo answered")
		return u.askedBefore(click.UserID, removal, undone)
	case !errors.Is(err, ledger.ErrNotFound):
		return u.unread(log, err)
	}
	if why := u.notOffered(removal); len(why) > 0 {
		log.WithField("outcome", u.cfg.Tally.Count(ledger.UndoButton, "not_offered")).Info("undo answered")
		return richtext.Answer{richtext.Say("%s %s", string(richtext.MarkRefused), why)}
	}
	return u.record(ctx, log, removal, undoOrder(click, removal, decision.Rule))
}

func (u *Undo) notOffered(removal ledger.Request) richtext.Text {
	switch {
	case outcome.OffersUndo(removal, u.cfg.Now()):
		return nil
	case outcome.CanBeUndone(removal):
		return richtext.Say("%s left %s more than 24 hours ago, which is too long for Add back. Nobody was added. %s",
			u.cfg.Explainer.Who(removal), u.cfg.Explainer.Chat(removal), outcome.AskSomeoneInChat())
	default:
		return richtext.Say("Add back is only for people whom linqbot has removed. Nobody was added.")
	}
}

func undoOrder(click UndoClick, removal ledger.Request, rule string) ledger.Order {
	return ledger.Order{
		Kind: ledger.Add, Source: ledger.UndoButton, Undoes: removal.ID,
		TeamID: click.TeamID, ChannelID: click.ChannelID, ThreadTS: click.ThreadTS, UserID: click.UserID, Rule: rule,
		ResponseURL: ledger.NewSecret(click.ResponseURL), ChatID: removal.ChatID, Handle: removal.Handle,
	}
}

const (
	// mostUndos is how often it is asked for to take one removal back.
	mostUndos = 50
	// doubleClick is how close clicks are that are meant as one.
	doubleClick = 3 * time.Second
)

// record asks for the first addition, or for the one after those that came to nothing. The number of a try is part
// of its delivery. Of clicks at the same moment the ledger therefore records one, and the others find it.
func (u *Undo) record(ctx context.Context, log *logrus.Entry, removal ledger.Request, order ledger.Order) richtext.Answer {
	for try := 1; try <= mostUndos; try++ {
		order.Delivery = fmt.Sprintf("undo-%s-%d", removal.ID, try)
		accepted, err := u.cfg.Recorder.Accept(ctx, []ledger.Order{order})
		if err != nil {
			log.WithError(err).WithField("outcome", u.cfg.Tally.Count(ledger.UndoButton, "not_recorded")).Error("undo answered")
			return outcome.NotRecorded(err)
		}
		a := accepted[0]
		if a.Outcome == ledger.Redelivered && u.mayFollow(a.Request) {
			continue
		}
		log.WithFields(logrus.Fields{
			"outcome": u.cfg.Tally.Count(ledger.UndoButton, outcomeName(a)), "request": a.Request.ShortID(), "chat": order.ChatID, "rule": order.Rule,
		}).Info("undo answered")
		if a.Outcome == ledger.Recorded {
			return nil
		}
		return u.askedBefore(order.UserID, removal, a.Request)
	}
	log.WithField("outcome", u.cfg.Tally.Count(ledger.UndoButton, "too_often")).Warn("undo answered")
	return richtext.Answer{richtext.Say("%s Adding %s back to %s was asked for %s times already, and is not tried again. Look into the chat; if they are not in it, ask someone who is to add them.",
		string(richtext.MarkRefused), u.cfg.Explainer.Who(removal), u.cfg.Explainer.Chat(removal), fmt.Sprint(mostUndos))}
}

// mayFollow reports whether another addition may be asked for after this one. One that was refused a
// moment ago answers for the second half of a double click.
func (u *Undo) mayFollow(addition ledger.Request) bool {
	switch addition.State {
	case ledger.Refused, ledger.Failed, ledger.Cancelled:
		return u.cfg.Now().Sub(addition.AcceptedAt) >= doubleClick
	default:
		return false
	}
}

// askedBefore says who asked first, and where that stands.
func (u *Undo) askedBefore(user string, removal, addition ledger.Request) richtext.Answer {
	by := richtext.Text{richtext.Member(addition.UserID)}
	if addition.UserID == user {
		by = richtext.Say("you")
	}
	addition.ChatName = cmp.Or(addition.ChatName, removal.ChatName)
	status := u.cfg.Explainer.Explain(addition)
	return richtext.Answer{richtext.Say("%s Adding them back was already asked for by %s at %s. %s",
		string(status.Mark), by, richtext.Moment(addition.AcceptedAt), status.Happened)}
}

// unread answers when the ledger could not be read: then nothing was written either.
func (u *Undo) unread(log *logrus.Entry, err error) richtext.Answer {
	log.WithError(err).WithField("outcome", u.cfg.Tally.Count(ledger.UndoButton, "not_recorded")).Error("undo answered")
	return outcome.NotRecorded(fmt.Errorf("%w: %w", ledger.ErrNotRecorded, err))
}
