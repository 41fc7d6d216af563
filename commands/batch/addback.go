package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/sirupsen/logrus"

	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// AddBack is a press on the button that takes a batch back. It records a batch that adds back everybody whom the other
// one removed, and that asks before it does. People who may remove people in the channel of the batch may ask for it
// for 24 hours after its end. It is done once.
func (x *Buttons) AddBack(ctx context.Context, press Press) richtext.Answer {
	log := x.log.WithFields(logrus.Fields{"user": press.UserID, "batch": press.BatchID})
	by := press.caller()
	decision, answer, may := x.gate.EnterAnywhere(ctx, ledger.UndoButton, by)
	if !may {
		return answer
	}
	say := func(name, format string, parts ...any) richtext.Answer {
		log.WithField("outcome", x.cfg.Tally.Count(ledger.UndoButton, name)).Info("undo answered")
		return richtext.Answer{append(richtext.Say("%s ", string(richtext.MarkRefused)), richtext.Say(format, parts...)...)}
	}
	b, err := x.cfg.Batches.Batch(ctx, press.BatchID)
	known := err == nil
	if !known && !errors.Is(err, ledger.ErrNotFound) {
		return x.notAdded(log, fmt.Errorf("%w: %w", ledger.ErrNotRecorded, err))
	}
	by.ChannelID = cmp.Or(b.ChannelID, press.ChannelID)
	if answer, may := x.gate.EnterChannel(ctx, ledger.UndoButton, by); !may {
		return answer
	}
	if fresh, err := x.gate.TakeDelivery(ctx, press.Delivery); err != nil {
		return x.notAdded(log, fmt.Errorf("%w: %w", ledger.ErrNotRecorded, err))
	} else if !fresh {
		log.WithField("outcome", x.cfg.Tally.Count(ledger.UndoButton, "redelivered")).Info("undo answered")
		return nil
	}
	if !known {
		return say("unknown", "linqbot has no record of this. Nobody was added. %s", outcome.AskSomeoneInChat())
	}
	undone, err := x.cfg.Batches.BatchUndoneBy(ctx, b.ID)
	if err == nil {
		return say("asked_before", "Adding them back was already asked for by %s at %s. It is done once.", richtext.Member(undone.UserID), richtext.Moment(undone.AcceptedAt))
	}
	if !errors.Is(err, ledger.ErrNotFound) {
		return x.notAdded(log, fmt.Errorf("%w: %w", ledger.ErrNotRecorded, err))
	}
	p, err := x.cfg.Batches.Progress(ctx, b.ID)
	if err != nil {
		return x.notAdded(log, fmt.Errorf("%w: %w", ledger.ErrNotRecorded, err))
	}
	switch {
	case b.Open():
		return say("not_offered", "This has not ended yet. Nobody was added. Add them back when it has.")
	case !offersAddBack(b, p, x.cfg.Now()):
		return say("not_offered", "This ended more than 24 hours ago, or removed nobody. Nobody was added. %s", outcome.AskSomeoneInChat())
	}
	return x.recordAddBack(ctx, log, press, b, decision.Rule)
}

// recordAddBack records the batch. Presses side by side have the same delivery, so that one of them is recorded.
func (x *Buttons) recordAddBack(ctx context.Context, log *logrus.Entry, press Press, b ledger.Batch, rule string) richtext.Answer {
	const most = 50 // tries that were declined, or came to nothing
	for try := 1; try <= most; try++ {
		recorded, fresh, err := x.cfg.Batches.AcceptBatch(ctx, ledger.BatchOrder{
			Delivery: fmt.Sprintf("undo-%s-%d", b.ID, try), Job: ledger.AddBack, Kind: ledger.Add, Source: ledger.UndoButton,
			TeamID: press.TeamID, ChannelID: press.ChannelID, ThreadTS: press.ThreadTS, UserID: press.UserID, Rule: rule,
			ResponseURL: ledger.NewSecret(press.ResponseURL), ChatID: b.ChatID, Handles: b.Handles, Undoes: b.ID, Asks: true,
		})
		switch {
		case err != nil:
			return x.notAdded(log, err)
		case !fresh && (recorded.State == ledger.Declined || recorded.State == ledger.Unplanned):
			continue
		case !fresh:
			log.WithField("outcome", x.cfg.Tally.Count(ledger.UndoButton, "asked_before")).Info("undo answered")
			return richtext.Answer{richtext.Say("%s Adding them back was already asked for by %s at %s. It is done once.", string(richtext.MarkQueued), richtext.Member(recorded.UserID), richtext.Moment(recorded.AcceptedAt))}
		}
		log.WithFields(logrus.Fields{"outcome": x.cfg.Tally.Count(ledger.UndoButton, "recorded"), "undone_by": recorded.ShortID()}).Info("undo answered")
		return Proposal(recorded, nil, ledger.Progress{}, Speed{})
	}
	log.WithField("outcome", x.cfg.Tally.Count(ledger.UndoButton, "too_often")).Warn("undo answered")
	return richtext.Answer{richtext.Say("%s Adding them back was asked for %s times already, and is not tried again. %s", string(richtext.MarkRefused), fmt.Sprint(most), outcome.AskSomeoneInChat())}
}

func (x *Buttons) notAdded(log *logrus.Entry, err error) richtext.Answer {
	log.WithError(err).WithField("outcome", x.cfg.Tally.Count(ledger.UndoButton, "not_recorded")).Error("undo answered")
	return outcome.NotRecorded(err)
}
