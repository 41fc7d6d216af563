package outcome_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq"
)

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
		o := commandstest.Adding(commandstest.Told("", "", test.request))
		assert.Equal(t, commandstest.MarkedUp(outcome.Explainer{}.Explain(o.Request).Text()), test.want)
	}
}

// Somebody whom no removal took out does not come back, and nobody can press Add back for them.
func TestWhoIsAddedAnewDoesNotComeBack(t *testing.T) {
	t.Parallel()
	for want, request := range map[string]ledger.Request{
		"⏳ Linq has queued adding +1 ••• ••• 0132 to *Spring launch*. This will change once they are in it.": {State: ledger.Sent, MayHaveReached: true},
		"✅ +1 ••• ••• 0132 is in *Spring launch*; 5 people are in it.":                                       {State: ledger.Added, MayHaveReached: true, People: 5},
	} {
		o := commandstest.AddingAnew(commandstest.Told("", "", request))
		assert.Equal(t, commandstest.MarkedUp(outcome.Explainer{}.Explain(o.Request).Text()), want)
	}
	back := regexp.MustCompile(`(?i)\bback\b|someone who is in`)
	for _, o := range commandstest.Additions() {
		if o.Request.Undoes != "" {
			continue
		}
		for _, doubt := range []bool{false, true} {
			o.Request.MayHaveReached = doubt
			text := outcome.Explainer{FullHandles: o.Full}.Explain(o.Request).Text().String()
			assert.Check(t, !back.MatchString(text), "%s/%s, doubt %t: %s", o.Group, o.Name, doubt, text)
		}
	}
}

// A request that another one opposes names that one.
func TestOpposedRequestsNameTheOther(t *testing.T) {
	t.Parallel()
	other := ledger.Request{ID: "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"}
	for _, o := range []commandstest.OutcomeCase{{}, commandstest.Adding(commandstest.OutcomeCase{}), commandstest.AddingAnew(commandstest.OutcomeCase{})} {
		o.Request.State, o.Request.Reason = ledger.Refused, outcome.ReasonOpposedBy(other)
		status := outcome.Explainer{}.Explain(o.Request)
		assert.Assert(t, strings.Contains(status.Text().String(), "Another request, 0a9c4e11, is under way"), status.Text().String())
		assert.Assert(t, len(status.Next) > 0)
	}
}

// No sentence of a removal is said of an addition, and the other way round.
func TestAdditionsAndRemovalsAreToldApart(t *testing.T) {
	t.Parallel()
	ofRemovals := regexp.MustCompile(`(?i)remov|have left|has left |still there|still lists|DELETE|any more`)
	ofAdditions := regexp.MustCompile(`(?i)adding|\badded|\bback\b|in it already|is in it|are in it`)
	for _, o := range commandstest.Outcomes() {
		foreign := ofAdditions
		if o.Request.Kind == ledger.Add {
			foreign = ofRemovals
		}
		for _, doubt := range []bool{false, true} {
			o.Request.MayHaveReached = doubt
			text := o.Explainer().Explain(o.Request).Text().String()
			text = strings.ReplaceAll(text, "because your line has left it", "")
			assert.Check(t, !foreign.MatchString(text), "%s/%s, doubt %t: %s", o.Group, o.Name, doubt, text)
		}
	}
}

// Whatever ended without an effect says so, or that it is not known.
func TestAdditionsThatCameToNothingSaySo(t *testing.T) {
	t.Parallel()
	for _, o := range commandstest.Additions() {
		if o.Request.State != ledger.Refused && o.Request.State != ledger.Failed {
			continue
		}
		for _, doubt := range []bool{false, true} {
			o.Request.MayHaveReached = doubt
			text := o.Explainer().Explain(o.Request).Text().String()
			certain := strings.Contains(text, "Nobody was added.") || strings.Contains(text, " was not added to ")
			unknown := strings.Contains(text, "It is not known whether one of the tries added ")
			assert.Check(t, certain == !doubt && unknown == doubt, "%s/%s, doubt %t: %s", o.Group, o.Name, doubt, text)
		}
	}
}

func TestNothingOfAnAdditionIsLeftUnexplained(t *testing.T) {
	t.Parallel()
	said := map[string]ledger.State{}
	for _, state := range []ledger.State{
		ledger.Asked, ledger.Accepted, ledger.Sent, ledger.Added, ledger.AlreadyThere, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled,
	} {
		o := commandstest.Adding(commandstest.Told("", "", ledger.Request{State: state, Reason: "http_418", HTTPStatus: 418}))
		text := outcome.Explainer{}.Explain(o.Request).Text().String()
		assert.Assert(t, said[text] == "", "%s and %s are told alike: %s", state, said[text], text)
		said[text] = state
	}
	for _, entry := range linq.Catalogue() {
		o := commandstest.Adding(commandstest.RefusedBy("", "", entry.HTTPStatus, entry.Code, ledger.Request{}))
		text := outcome.Explainer{}.Explain(o.Request).Text().String()
		assert.Assert(t, !strings.Contains(text, "does not know"), "%d: %s", entry.Code, text)
	}
	waiting := commandstest.Adding(commandstest.Told("", "", ledger.Request{State: ledger.Accepted, NextTryAt: time.Now(), Reason: outcome.ReasonNoAnswer}))
	assert.Assert(t, said[outcome.Explainer{}.Explain(waiting.Request).Text().String()] == "")
}
