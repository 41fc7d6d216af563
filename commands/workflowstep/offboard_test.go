package workflowstep_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
)

// The error of a step is a sentence without a mark, as that of every other step.
func TestAnOffboardingThatCouldNotBePlannedEndsTheStepInWords(t *testing.T) {
	t.Parallel()
	step := workflowstep.NewOffboard(workflowstep.OffboardConfig{OneChatConfig: workflowstep.OneChatConfig{Gate: gate(anyone(), nil)}})
	for trouble, want := range map[string]string{
		ledger.TroubleOverLimit: "Nothing was removed: it would be more removals than linqbot takes from all people together within 24 hours. Ask for fewer, or ask again tomorrow.",
		outcome.ReasonNoAnswer:  "linqbot could not find out what there is to do. Linq did not answer. Nothing was changed. Ask again in a few minutes; if it stays like this, tell someone who runs linqbot.",
	} {
		_, refused, wait := step.Outcome(ledger.Batch{State: ledger.Unplanned, Trouble: trouble, EndedAt: askedAt()}, ledger.Progress{}, nil)
		assert.Equal(t, refused.String(), want)
		assert.Equal(t, int(wait), 0)
	}
}
