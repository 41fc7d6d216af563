package workflowstep_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

func protectingBen() rails.Rails {
	return rails.Rails{Protected: rails.Protect([]handle.Handle{handle.New(ben)}, "US"), Limits: ledger.Limits{PerHour: 7, PerDay: 9}}
}

// A run that names somebody who is protected is refused in words that may be read by many, and on record.
func TestStepsRefuseProtectedPeople(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]func(ctx context.Context, cfg workflowstep.OneChatConfig, run ledger.Execution) richtext.Text{
		"from one chat": func(ctx context.Context, cfg workflowstep.OneChatConfig, run ledger.Execution) richtext.Text {
			_, refused := workflowstep.NewOneChat(cfg).Order(ctx, run)
			return refused
		},
		"from every chat": func(ctx context.Context, cfg workflowstep.OneChatConfig, run ledger.Execution) richtext.Text {
			_, refused := workflowstep.NewOffboard(workflowstep.OffboardConfig{OneChatConfig: cfg, Offboarding: true}).Order(ctx, run)
			return refused
		},
	} {
		record := &commandstest.Audit{}
		refused := order(t.Context(), workflowstep.OneChatConfig{Gate: gate(anyone(), record), Region: "US", Rails: protectingBen()}, runOf(inputs(object{"handle": "202-555-0143"})))
		assert.Assert(t, strings.Contains(refused.String(), "linqbot never removes"), "%s: %s", name, refused)
		assert.Assert(t, !strings.Contains(refused.String(), "5550143"), "%s: %s", name, refused)
		assert.DeepEqual(t, record.Denials, []ledger.Denial{{Source: ledger.WorkflowStep, TeamID: "T1", Rule: rails.DeniedProtected, Delivery: "Fx1"}})
	}
}

// The limits go with the order, and what meets one is refused in words and on record.
func TestLimitsOfSteps(t *testing.T) {
	t.Parallel()
	record := &commandstest.Audit{}
	step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Gate: gate(anyone(), record), Region: "US", Rails: protectingBen()})
	order, refused := step.Order(t.Context(), runOf(inputs(object{"requested_by": "U2"})))
	assert.Equal(t, len(refused), 0)
	assert.Equal(t, order.Limits, ledger.Limits{PerHour: 7, PerDay: 9})
	said := step.Limited(t.Context(), order, ledger.Limit{Most: 7, Again: askedAt().Add(time.Hour)}).String()
	assert.Assert(t, strings.Contains(said, "@U2 would have asked for more than 7 removals"), said)
	assert.Equal(t, len(record.Denials), 1)
	assert.Equal(t, record.Denials[0].Rule, rails.DeniedByHour)
}

// A run of the step does not wait for the end of a pause: it says that the removal is kept.
func TestAStepTellsOfAPause(t *testing.T) {
	t.Parallel()
	pause := ledger.Pause{UserID: "U9", Reason: "wrong list", Since: askedAt()}
	now := askedAt()
	w := workflowstep.NewOneChat(workflowstep.OneChatConfig{
		Gate: gate(anyone(), nil), Now: func() time.Time { return now }, Explainer: outcome.Explainer{Pause: func() ledger.Pause { return pause }},
	})
	r := ledger.Request{Order: ledger.Order{ChatID: chatID, Handle: ledger.NewSecret(ada)}, State: ledger.Accepted, AcceptedAt: askedAt()}
	_, _, wait := w.Outcome(r)
	assert.Assert(t, wait > 0)
	now = now.Add(30 * time.Second)
	outputs, refused, wait := w.Outcome(r)
	assert.Equal(t, wait, time.Duration(0))
	assert.Equal(t, len(refused), 0)
	assert.Equal(t, outputs.Status, ledger.Accepted)
	assert.Assert(t, strings.Contains(outputs.Message, "paused") && strings.Contains(outputs.Message, "kept"), outputs.Message)
	pause = ledger.Pause{}
	_, _, wait = w.Outcome(r)
	assert.Assert(t, wait > 0, "without a pause it waits as ever")
}

// A person who is never removed may be added.
func TestProtectedPeopleAreAdded(t *testing.T) {
	t.Parallel()
	d := &commandstest.Audit{}
	step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Kind: ledger.Add, Gate: gate(anyone(), d), Region: "US", Rails: protectingBen()})
	order, refused := step.Order(t.Context(), runOf(inputs(object{"handle": ben})))
	assert.Equal(t, refused.String(), "")
	assert.Equal(t, order.Handle.Value(), ben)
	assert.Equal(t, len(d.Denials), 0)
}
