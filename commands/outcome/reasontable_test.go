package outcome

import (
	"testing"

	"gotest.tools/v3/assert"
)

// There is one row for each reason, so that there is one sentence to change.
func TestEachReasonHasOneRow(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, row := range reasonTable() {
		for _, reason := range row.reasons {
			assert.Check(t, !seen[reason], "%s has two rows", reason)
			seen[reason] = true
		}
	}
}
