package workflowstep_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
	"linqbot/linq/linqtest"
)

// A run that is to do nothing ends in success, with what would happen.
func TestWorkflowDryRun(t *testing.T) {
	t.Parallel()
	chat := commandstest.Group(ada, ben, carla, commandstest.Dan)
	chat.ID = chatID
	client := commandstest.ClientOf(t, linqtest.Start(t, linqtest.Config{Chats: []linqtest.Chat{chat}}))
	records, err := ledger.Open(t.Context(), ledger.Config{URL: migrated.SQLite(t), Logger: commandstest.Quiet(), Now: askedAt})
	assert.NilError(t, err)
	t.Cleanup(func() { assert.NilError(t, records.Close()) })
	for i, row := range []struct {
		changed object
		kind    ledger.Kind
		want    string // what the run ends with, or the reason of its refusal
	}{
		{object{"handle": ada, "dry_run": true, "reason": "left the firm", "channel_id": "C1", "message_ts": "1741538710.000100"}, ledger.Remove, "linqbot would ask Linq to remove +1 ••• ••• 0132 from Spring launch."},
		{object{"handle": "+12025550199", "dry_run": true}, ledger.Remove, "+1 ••• ••• 0199 is not in Spring launch, so this would be refused."},
		{object{"handle": "+12025550199", "dry_run": true}, ledger.Add, "linqbot would ask Linq to add +1 ••• ••• 0199 to Spring launch."},
		{object{"handle": ada, "dry_run": "true"}, ledger.Remove, "The step's input dry_run is neither true nor false. Give it one of the two in the workflow."},
		{object{"handle": ada, "reason": strings.Repeat("x", 301)}, ledger.Remove, "The reason has 301 characters, and linqbot keeps at most 300. Shorten it."},
	} {
		step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Kind: row.kind, Gate: gate(anyone(), nil), Region: "US", UnderWay: records, Chats: client})
		run := runOf(inputs(row.changed))
		run.ID = fmt.Sprint("Fx", i)
		order, refused := step.Order(t.Context(), run)
		if len(refused) > 0 {
			assert.Assert(t, strings.HasSuffix(refused.String(), row.want), refused.String())
			continue
		}
		accepted, err := records.Accept(t.Context(), []ledger.Order{order})
		assert.NilError(t, err)
		r, err := records.Request(t.Context(), accepted[0].Request.ID)
		assert.NilError(t, err)
		outputs, wrong, wait := step.Outcome(r)
		assert.Assert(t, len(wrong) == 0 && wait == 0, "%s", wrong)
		assert.Equal(t, string(outputs.Status), "dry_run")
		assert.Equal(t, outputs.Message, "A dry run, so nothing was done: "+row.want)
	}
}
