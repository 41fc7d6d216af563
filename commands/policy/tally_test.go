package policy_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/policy"
	"linqbot/ledger"
)

func TestNobodyTallies(t *testing.T) {
	t.Parallel()
	assert.Equal(t, policy.Outcomes(nil).Count(ledger.SlashCommand, "denied"), "denied")
}
