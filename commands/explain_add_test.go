package commands_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
)

// adding makes an outcome one of a request that adds the person back.
func adding(o outcomeCase) outcomeCase {
	o.group, o.request.Kind = "add_"+o.group, ledger.Add
	return o
}

// additions are all that people can be told of somebody who is added back.
func additions() []outcomeCase {
	all := additionStates()
	for _, reason := range []string{outcome.ReasonNoSuchChat, outcome.ReasonNotAGroup} {
		o := told("reasons", reason, ledger.Request{State: ledger.Refused, Reason: reason})
		if reason == outcome.ReasonNoSuchChat {
			o.request.ChatName = ""
		}
		all = append(all, o)
	}
	all = append(all,
		refused("refused_codes", "1002 for an e-mail", 400, 1002, ledger.Request{Order: ledger.Order{Handle: ledger.NewSecret(carla)}}),
		refused("refused_codes", "2001, the chat was read", 404, 2001, ledger.Request{TraceID: traceID, People: 4}),
		refused("refused_codes", "2001, the chat was not read", 404, 2001, ledger.Request{TraceID: traceID, ChatName: nameless}),
		refused("refused_codes", "2013, in doubt", 409, 2013, ledger.Request{TraceID: traceID, MayHaveReached: true}),
		refused("refused_codes", "2015, three in it", 409, 2015, ledger.Request{TraceID: traceID, People: 3}),
		refused("refused_codes", "2015, two in it", 409, 2015, ledger.Request{TraceID: traceID, People: 2}),
		refused("refused_statuses", "404, the chat was read", 404, 0, ledger.Request{People: 4}),
		fewToAddTo(ledger.Request{State: ledger.Accepted, NextTryAt: nextTry()}),
		fewToAddTo(ledger.Request{State: ledger.Failed}),
		fewToAddTo(ledger.Request{State: ledger.Failed, MayHaveReached: true}),
	)
	for _, some := range [][]outcomeCase{names(), refusedByCode()[:len(linq.Catalogue())], refusedByStatus(), unknownCodes(), troubles(), restored(), longWaits()} {
		all = append(all, some...)
	}
	all = slices.DeleteFunc(all, func(o outcomeCase) bool { return o.request.Reason == outcome.ReasonLinesUnknown }) // an addition needs none
	for i := range all {
		all[i] = adding(all[i])
	}
	return all
}

func fewToAddTo(r ledger.Request) outcomeCase {
	group := "failed"
	if r.State == ledger.Accepted {
		group = "under_way"
	}
	r.HTTPStatus, r.Reason, r.TraceID, r.People = 409, "linq_2015", traceID, 2
	return told(group, fmt.Sprintf("2015 with two people, doubt %t", r.MayHaveReached), r)
}

func additionStates() []outcomeCase {
	const group = "states"
	return []outcomeCase{
		told(group, "asked", ledger.Request{State: ledger.Asked}),
		told(group, "accepted", ledger.Request{State: ledger.Accepted}),
		told(group, "accepted, the chat not read yet", ledger.Request{State: ledger.Accepted, ChatName: nameless}),
		told(group, "sent", ledger.Request{State: ledger.Sent, MayHaveReached: true, People: 4, TraceID: traceID}),
		told(group, "added", ledger.Request{State: ledger.Added, MayHaveReached: true, People: 5}),
		told(group, "added, alone", ledger.Request{State: ledger.Added, MayHaveReached: true, People: 1}),
		told(group, "added, the chat never read", ledger.Request{State: ledger.Added, MayHaveReached: true, ChatName: nameless}),
		told(group, "already there", ledger.Request{State: ledger.AlreadyThere, Reason: outcome.ReasonSeenThere, People: 5}),
		told(group, "unconfirmed", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonStillAway, MayHaveReached: true, TraceID: traceID}),
		told(group, "unconfirmed, unreadable", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonUnreadable, MayHaveReached: true, TraceID: traceID}),
		told(group, "unconfirmed, no trace id", ledger.Request{State: ledger.Unconfirmed, Reason: outcome.ReasonStillAway, MayHaveReached: true}),
		told(group, "cancelled", ledger.Request{State: ledger.Cancelled}),
	}
}

func TestExplainAdditionExamples(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want    string
		request ledger.Request
	}{
		{
			"⏳ Linq has queued adding +1 ••• ••• 0132 back to *Spring launch*. This will change once they are in it.",
			ledger.Request{State: ledger.Sent, MayHaveReached: true},
		},
		{
			"✅ +1 ••• ••• 0132 is back in *Spring launch*; 5 people are in it.",
			ledger.Request{State: ledger.Added, MayHaveReached: true, People: 5},
		},
	} {
		o := adding(told("", "", test.request))
		assert.Equal(t, markedUp(outcome.Explainer{}.Explain(o.request).Text()), test.want)
	}
}

// No sentence of a removal is said of an addition, and the other way round.
func TestAdditionsAndRemovalsAreToldApart(t *testing.T) {
	t.Parallel()
	ofRemovals := regexp.MustCompile(`(?i)remov|have left|has left |still there|still lists|DELETE|any more`)
	ofAdditions := regexp.MustCompile(`(?i)adding|\badded|\bback\b|in it already|is in it|are in it`)
	for _, o := range outcomes() {
		foreign := ofAdditions
		if o.request.Kind == ledger.Add {
			foreign = ofRemovals
		}
		for _, doubt := range []bool{false, true} {
			o.request.MayHaveReached = doubt
			text := outcome.Explainer{FullHandles: o.full}.Explain(o.request).Text().String()
			text = strings.ReplaceAll(text, "because your line has left it", "")
			assert.Check(t, !foreign.MatchString(text), "%s/%s, doubt %t: %s", o.group, o.name, doubt, text)
		}
	}
}

// Whatever ended without an effect says so, or that it is not known.
func TestAdditionsThatCameToNothingSaySo(t *testing.T) {
	t.Parallel()
	for _, o := range additions() {
		if o.request.State != ledger.Refused && o.request.State != ledger.Failed {
			continue
		}
		for _, doubt := range []bool{false, true} {
			o.request.MayHaveReached = doubt
			text := outcome.Explainer{FullHandles: o.full}.Explain(o.request).Text().String()
			certain := strings.Contains(text, "Nobody was added.") || strings.Contains(text, " was not added to ")
			unknown := strings.Contains(text, "It is not known whether one of the tries added ")
			assert.Check(t, certain == !doubt && unknown == doubt, "%s/%s, doubt %t: %s", o.group, o.name, doubt, text)
		}
	}
}

func TestNothingOfAnAdditionIsLeftUnexplained(t *testing.T) {
	t.Parallel()
	said := map[string]ledger.State{}
	for _, state := range []ledger.State{
		ledger.Asked, ledger.Accepted, ledger.Sent, ledger.Added, ledger.AlreadyThere, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled,
	} {
		o := adding(told("", "", ledger.Request{State: state, Reason: "http_418", HTTPStatus: 418}))
		text := outcome.Explainer{}.Explain(o.request).Text().String()
		assert.Assert(t, said[text] == "", "%s and %s are told alike: %s", state, said[text], text)
		said[text] = state
	}
	for _, entry := range linq.Catalogue() {
		o := adding(refused("", "", entry.HTTPStatus, entry.Code, ledger.Request{}))
		text := outcome.Explainer{}.Explain(o.request).Text().String()
		assert.Assert(t, !strings.Contains(text, "does not know"), "%d: %s", entry.Code, text)
	}
	waiting := adding(told("", "", ledger.Request{State: ledger.Accepted, NextTryAt: time.Now(), Reason: outcome.ReasonNoAnswer}))
	assert.Assert(t, said[outcome.Explainer{}.Explain(waiting.request).Text().String()] == "")
}
