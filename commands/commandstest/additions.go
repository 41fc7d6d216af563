package commandstest

import (
	"fmt"
	"slices"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
)

// Adding makes an outcome one of a request that adds the person back.
func Adding(o OutcomeCase) OutcomeCase {
	o.Group, o.Request.Kind, o.Request.Undoes = "add_"+o.Group, ledger.Add, "the-removal"
	return o
}

// AddingAnew makes an outcome one of a request that adds the person, whom no removal of ours took out.
func AddingAnew(o OutcomeCase) OutcomeCase {
	o.Group, o.Request.Kind = "addition_"+o.Group, ledger.Add
	return o
}

// Additions returns a case for everything that people can be told of somebody who is added back, and then of
// somebody who is added anew.
func Additions() []OutcomeCase {
	var all []OutcomeCase
	for _, o := range additions() {
		all = append(all, Adding(o))
	}
	for _, o := range append(additions(), additionsAnew()...) {
		all = append(all, AddingAnew(o))
	}
	return all
}

// additionsAnew are those that only people who were not removed before can meet.
func additionsAnew() []OutcomeCase {
	return []OutcomeCase{
		Told("reasons", outcome.ReasonOwnLine, ledger.Request{State: ledger.Refused, Reason: outcome.ReasonOwnLine}),
		Told("reasons", "opposed", ledger.Request{State: ledger.Refused, Reason: opposed}),
		RefusedBy("refused_codes", "2015, a full group", 409, 2015, ledger.Request{TraceID: TraceID, People: 32}),
	}
}

func additions() []OutcomeCase {
	all := additionStates()
	for _, reason := range []string{outcome.ReasonNoSuchChat, outcome.ReasonNotAGroup} {
		o := Told("reasons", reason, ledger.Request{State: ledger.Refused, Reason: reason})
		if reason == outcome.ReasonNoSuchChat {
			o.Request.ChatName = ""
		}
		all = append(all, o)
	}
	all = append(all,
		RefusedBy("refused_codes", "1002 for an e-mail", 400, 1002, ledger.Request{Order: ledger.Order{Handle: ledger.NewSecret(Carla)}}),
		RefusedBy("refused_codes", "2001, the chat was read", 404, 2001, ledger.Request{TraceID: TraceID, People: 4}),
		RefusedBy("refused_codes", "2001, the chat was not read", 404, 2001, ledger.Request{TraceID: TraceID, ChatName: nameless}),
		RefusedBy("refused_codes", "2013, in doubt", 409, 2013, ledger.Request{TraceID: TraceID, MayHaveReached: true}),
		RefusedBy("refused_codes", "2015, three in it", 409, 2015, ledger.Request{TraceID: TraceID, People: 3}),
		RefusedBy("refused_codes", "2015, two in it", 409, 2015, ledger.Request{TraceID: TraceID, People: 2}),
		RefusedBy("refused_statuses", "404, the chat was read", 404, 0, ledger.Request{People: 4}),
		fewToAddTo(ledger.Request{State: ledger.Accepted, NextTryAt: nextTry()}),
		fewToAddTo(ledger.Request{State: ledger.Failed}),
		fewToAddTo(ledger.Request{State: ledger.Failed, MayHaveReached: true}),
	)
	for _, some := range [][]OutcomeCase{names(), refusedByCode()[:len(linq.Catalogue())], refusedByStatus(), unknownCodes(), troubles(), restored(), longWaits()} {
		all = append(all, some...)
	}
	return slices.DeleteFunc(all, func(o OutcomeCase) bool { return o.Request.Reason == outcome.ReasonLinesUnknown }) // an addition needs none
}

func fewToAddTo(r ledger.Request) OutcomeCase {
	group := "failed"
	if r.State == ledger.Accepted {
		group = "under_way"
	}
	r.HTTPStatus, r.Reason, r.TraceID, r.People = 409, "linq_2015", TraceID, 2
	return Told(group, fmt.Sprintf("2015 with two people, doubt %t", r.MayHaveReached), r)
}

func additionStates() []OutcomeCase {
	const group = "states"
	return []OutcomeCase{
		Told(group, "asked", ledger.Request{State: ledger.Asked}),
		Told(group, "accepted", ledger.Request{State: ledger.Accepted}),
		Told(group, "accepted, the chat not read yet", ledger.Request{State: ledger.Accepted, ChatName: nameless}),
		Told(group, "sent", ledger.Request{State: ledger.Sent, MayHaveReached: true, People: 4, TraceID: TraceID}),
		Told(group, "added", ledger.Request{State: ledger.Added, MayHaveReached: true, People: 5}),
		Told(group, "added, alone", ledger.Request{State: ledger.Added, MayHaveReached: true, People: 1}),
		Told(group, "added, the chat never read", ledger.Request{State: ledger.Added, MayHaveReached: true, ChatName: nameless}),
		Told(group, "already there", ledger.Request{State: ledger.AlreadyThere, Reason: outcome.ReasonSeenThere, People: 5}),
		Told(group, "unconfirmed", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonStillAway, MayHaveReached: true, TraceID: TraceID}),
		Told(group, "unconfirmed, unreadable", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonUnreadable, MayHaveReached: true, TraceID: TraceID}),
		Told(group, "unconfirmed, no trace id", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonStillAway, MayHaveReached: true}),
		Told(group, "cancelled", ledger.Request{State: ledger.Cancelled}),
	}
}
