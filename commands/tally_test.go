package commands_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/policy"
	"linqbot/ledger"
)

// tallied is what was counted.
type tallied struct{ outcomes []string }

func (c *tallied) of(t *testing.T, want ledger.Source) policy.Outcomes {
	t.Helper()
	return func(source ledger.Source, outcome string) {
		assert.Check(t, source == want, "counted as %s", source)
		c.outcomes = append(c.outcomes, outcome)
	}
}

// wantLogged checks that what was counted is what the log says.
func (c *tallied) wantLogged(t *testing.T, logged string) {
	t.Helper()
	var outcomes []string
	for line := range strings.Lines(logged) {
		var entry struct{ Outcome string }
		assert.NilError(t, json.Unmarshal([]byte(line), &entry))
		if entry.Outcome != "" {
			outcomes = append(outcomes, entry.Outcome)
		}
	}
	assert.Assert(t, len(outcomes) > 0, logged)
	assert.DeepEqual(t, c.outcomes, outcomes)
}
