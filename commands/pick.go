package commands

import (
	"context"
	"slices"

	"github.com/sirupsen/logrus"

	"linqbot/ledger"
	"linqbot/linq"
)

// Allowed says whether the person may act there, as [Remove.Run] would. Without a channel, as from a
// shortcut that belongs to none, a policy that names channels denies.
func (c *Remove) Allowed(ctx context.Context, user, channel string) Decision {
	return c.policy.Decide(ctx, user, channel)
}

// MayOpen says whether the person may open the form there. It returns true when they may; else the
// answer says why not, and the denial is recorded.
func (c *Remove) MayOpen(ctx context.Context, in Invocation) (Answer, bool) {
	decision := c.Allowed(ctx, in.UserID, in.ChannelID)
	if decision.Allowed {
		return nil, true
	}
	return c.denyForm(ctx, c.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID}), in, decision), false
}

func (c *Remove) denyForm(ctx context.Context, log *logrus.Entry, in Invocation, d Decision) Answer {
	log.WithField("outcome", c.tally.Counted(ledger.Modal, "denied")).Info("form answered")
	c.policy.denied(ctx, in.denial(ledger.Modal, d))
	return Answer{Say("%s %s", string(MarkRefused), d.Why)}
}

// Pick records the removal of people who were chosen from a list. The text of the invocation is not
// looked at; its delivery is that of the form, so that sending it twice removes once. It returns
// true when all of it was recorded and the outcome will tell; else the answer says what is to be known.
func (c *Remove) Pick(ctx context.Context, in Invocation, chat linq.ChatID, people []linq.Handle) (Answer, bool) {
	log := c.log.WithFields(logrus.Fields{"user": in.UserID, "channel": in.ChannelID, "delivery": in.Delivery})
	decision := c.Allowed(ctx, in.UserID, in.ChannelID)
	if !decision.Allowed {
		return c.denyForm(ctx, log, in, decision), false
	}
	args := RemoveArgs{Chat: chat}
	for _, person := range people {
		args.Handles = append(args.Handles, asListed(person))
	}
	picked := orders(in, args, decision.Rule)
	for i := range picked {
		picked[i].Source = ledger.Modal
	}
	accepted, err := c.recorder.Accept(ctx, picked)
	if err != nil {
		log.WithError(err).WithField("outcome", c.tally.Counted(ledger.Modal, "not_recorded")).Error("form answered")
		return notRecorded(err), false
	}
	for _, a := range accepted {
		log.WithFields(logrus.Fields{
			"outcome": c.tally.Counted(ledger.Modal, outcomeName(a.Outcome)), "request": a.Request.ShortID(), "chat": a.Request.ChatID, "rule": decision.Rule,
		}).Info("form answered")
	}
	allRecorded := !slices.ContainsFunc(accepted, func(a ledger.Acceptance) bool { return a.Outcome == ledger.UnderWay })
	return acknowledge(in, args, accepted), allRecorded
}

// asListed shows a handle that Linq gave us as people write it.
func asListed(person linq.Handle) Understood {
	if understood, err := ParseHandle(person.Full(), ""); err == nil {
		understood.Handle, understood.Unassigned = person, false
		return understood
	}
	return Understood{Handle: person, International: person.Full()}
}
