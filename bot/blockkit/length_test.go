package blockkit

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// However much there is to say, Slack takes the message: its blocks stay below 12,000 characters together.
func TestTheBlocksOfAMessageTogether(t *testing.T) {
	t.Parallel()
	var answer richtext.Answer
	for range 60 {
		answer = append(answer, richtext.Say("%s", strings.Repeat("wörds & more ", 40)))
	}
	var view ledger.View
	for i := range 20 {
		view.Requests = append(view.Requests, ledger.Request{
			Order: ledger.Order{Kind: ledger.Remove, UserID: "U1"},
			ID:    fmt.Sprintf("request-%02d", i), State: ledger.Failed, Reason: "9999", ChatName: strings.Repeat("n", 200),
			LinqSaid: strings.Repeat("&", 500), TraceID: "trace",
		})
	}
	for name, m := range map[string]Message{
		"answer": Renderer{}.Answer(answer), "whole": Renderer{}.Whole(outcome.Explainer{}, view, time.Time{}),
	} {
		encoded, err := json.Marshal(m.Blocks)
		assert.NilError(t, err)
		assert.Assert(t, len(encoded) < longestBlocks, "%s: %d", name, len(encoded))
		assert.Assert(t, len(m.Blocks) > 3 && len(m.Blocks) <= mostBlocks, "%s: %d", name, len(m.Blocks))
		assert.Assert(t, len(m.Text) <= longestText, name)
	}
}
