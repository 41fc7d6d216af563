package policy_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/policy"
	"linqbot/ledger"
)

// A view changes what it is asked for, and leaves the gate as it was.
func TestViewsOfTheGate(t *testing.T) {
	t.Parallel()
	counted := 0
	gate := policy.NewGate(policy.GateConfig{Tally: func(ledger.Source, string) { counted++ }})
	for name, test := range map[string]struct {
		gate  *policy.Gate
		why   string
		count int
	}{
		"the gate":          {gate, "You may not remove people from Linq chats.", 1},
		"for adding":        {gate.ForAdding(), "You may not add people to Linq chats.", 1},
		"without a tally":   {gate.WithoutTally(), "You may not remove people from Linq chats.", 0},
		"both":              {gate.WithoutTally().ForAdding(), "You may not add people to Linq chats.", 0},
		"the gate, as ever": {gate, "You may not remove people from Linq chats.", 1},
	} {
		counted = 0
		decision := test.gate.Decide(t.Context(), "U1", "C1")
		assert.Assert(t, strings.HasPrefix(decision.Why.String(), test.why), name)
		test.gate.Deny(t.Context(), ledger.WorkflowStep, policy.Caller{}, decision.Rule, decision.Why)
		assert.Equal(t, counted, test.count, name)
	}
}
