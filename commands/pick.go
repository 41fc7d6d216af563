package commands

import (
	"context"
	"fmt"
	"slices"

	"github.com/sirupsen/logrus"

	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// MayOpen says whether the person may open the form there. It returns true when they may; else the answer says why not.
// on returns the chat on which the form opens, "" for none. It is called after the policy was asked, so that what a
// message names is looked for only on behalf of people who may act.
func (c *Remove) MayOpen(ctx context.Context, in invocation.Invocation, on func() (chat string)) (richtext.Answer, bool) {
	decision, answer, may := c.gate.Enter(ctx, ledger.Modal, in.Caller())
	if !may {
		return answer, false
	}
	return nil, c.opens(ctx, ledger.Modal, in, decision.Rule, on())
}

// opens records that the form is opened on a chat. Without a chat the form shows nobody's data, so nothing is recorded.
// It returns false for a delivery that opened it before.
func (c *Remove) opens(ctx context.Context, source ledger.Source, in invocation.Invocation, rule, chat string) bool {
	if chat == "" {
		return true
	}
	if !c.gate.KeepReading(ctx, source, in.Caller(), rule, chat, "") {
		return false
	}
	c.tally.Count(source, "opened")
	return true
}

// MaySubmit says whether the person may send the form, as [Remove.Pick] would: so that nothing in it is
// looked at before. It returns true when they may; else the answer says why not.
func (c *Remove) MaySubmit(ctx context.Context, in invocation.Invocation) (richtext.Answer, bool) {
	_, answer, may := c.gate.Enter(ctx, ledger.Modal, in.Caller())
	return answer, may
}

// Pick records the removal of people who were chosen from a list. The text of the invocation is not
// looked at; its delivery is that of the form, so that sending it twice removes once. It returns
// true when all of it was recorded, now or before, and the outcome will tell; else the answer says what is
// to be known.
func (c *Remove) Pick(ctx context.Context, in invocation.Invocation, chat linq.ChatID, people []handle.Handle) (richtext.Answer, bool) {
	log := c.loggerOf(in)
	decision, answer, may := c.gate.Enter(ctx, ledger.Modal, in.Caller())
	if !may {
		return answer, false
	}
	because, err := parse.Reason(in.Because)
	if err != nil {
		return richtext.Answer{richtext.Say("The reason is longer than %s characters. %s Shorten it.", fmt.Sprint(parse.LongestReason), outcome.NothingDone(ledger.Remove))}, false
	}
	args := parse.Args{Chat: chat, Tail: parse.Tail{Because: because}}
	for _, person := range people {
		args.Handles = append(args.Handles, parse.Listed(person))
	}
	if refused, isProtected := c.refuseProtected(ctx, ledger.Modal, in, args); isProtected {
		return refused, false
	}
	accepted, err := c.recorder.Accept(ctx, c.orders(in, args, ledger.Modal, decision.Rule))
	if err != nil {
		log.WithError(err).WithField("outcome", c.tally.Count(ledger.Modal, "not_recorded")).Error("form answered")
		return outcome.NotRecorded(err), false
	}
	if accepted[0].Outcome == ledger.Limited {
		return c.refuseLimited(ctx, ledger.Modal, in, accepted[0].Limit), false
	}
	for _, a := range accepted {
		log.WithFields(logrus.Fields{
			"outcome": c.tally.Count(ledger.Modal, outcomeName(a)), "request": a.Request.ShortID(), "chat": a.Request.ChatID, "rule": decision.Rule,
		}).Info("form answered")
	}
	if wasSeen(accepted) {
		return nil, true
	}
	allRecorded := !slices.ContainsFunc(accepted, func(a ledger.Acceptance) bool { return a.Outcome == ledger.UnderWay })
	return append(c.acknowledge(in, args, accepted), rails.Told(c.rails.Pause(ctx))...), allRecorded
}

// Protects reports whether nobody may remove a person.
func (c *Remove) Protects(person handle.Handle) bool { return c.rails.Protected.Has(person) }

// Paused is what a form says while removals are paused; nothing if they are not.
func (c *Remove) Paused() []richtext.Text { return rails.Told(c.rails.Pause(context.Background())) }
