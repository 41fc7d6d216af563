package offboard_test

import (
	"context"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/invocation"
	"linqbot/commands/offboard"
	"linqbot/commands/policy"
	"linqbot/ledger"
)

// batches keep what they are given.
type batches struct{ taken []ledger.BatchOrder }

func (b *batches) AcceptBatch(_ context.Context, o ledger.BatchOrder) (ledger.Batch, bool, error) {
	b.taken = append(b.taken, o)
	return ledger.Batch{BatchOrder: o, ID: commandstest.RequestID}, true, nil
}

func command(rules policy.Policy, records *batches) *offboard.Command {
	return offboard.New(offboard.Config{
		Gate: policy.NewGate(policy.GateConfig{Policy: rules}), Batches: records, Region: "US", Logger: commandstest.Quiet(),
	})
}

// What is wrong in the form is said of its field, and nothing is recorded.
func TestTheForm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		form    offboard.Form
		wrong   offboard.Trouble // the start of each sentence
		because string
	}{
		"a person":                      {form: offboard.Form{People: commandstest.Ada}},
		"a reason of its own":           {form: offboard.Form{People: commandstest.Ada + " because they left", Reason: "asked to"}, because: "asked to"},
		"a reason beside the person":    {form: offboard.Form{People: commandstest.Ada + " because they left"}, because: "they left"},
		"nobody":                        {wrong: offboard.Trouble{People: "The person is missing."}},
		"no number and no address":      {form: offboard.Form{People: "Eva"}, wrong: offboard.Trouble{People: "Eva is neither"}},
		"a reason that is far too long": {form: offboard.Form{People: commandstest.Ada, Reason: strings.Repeat("x", 301)}, wrong: offboard.Trouble{Reason: "The reason has 301 characters"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var records batches
			in := invocation.Invocation{Delivery: "V1", TeamID: "T1", ChannelID: "C1", UserID: "U1"}
			_, wrong, recorded := command(policy.Policy{Everyone: true}, &records).Submit(t.Context(), in, test.form)
			assert.Assert(t, strings.HasPrefix(wrong.People, test.wrong.People) && (wrong.People == "") == (test.wrong.People == ""), wrong.People)
			assert.Assert(t, strings.HasPrefix(wrong.Reason, test.wrong.Reason) && (wrong.Reason == "") == (test.wrong.Reason == ""), wrong.Reason)
			if test.wrong != (offboard.Trouble{}) {
				assert.Assert(t, !recorded)
				assert.Equal(t, len(records.taken), 0)
				return
			}
			assert.Assert(t, recorded)
			order := records.taken[0]
			assert.Equal(t, order.Job, ledger.Offboard)
			assert.Equal(t, order.Because, test.because)
			assert.Assert(t, order.Asks)
		})
	}
}

// A person who may not act is denied before anything is read.
func TestOffboardingAsksThePolicyFirst(t *testing.T) {
	t.Parallel()
	var records batches
	c := command(policy.Policy{Users: []string{"U9"}}, &records)
	in := invocation.Invocation{Delivery: "Tr1", TeamID: "T1", ChannelID: "C1", UserID: "U1", Text: "nonsense"}
	const may = "You may not remove people from Linq chats."
	assert.Assert(t, strings.Contains(c.Run(t.Context(), in)[0].String(), may))
	answer, mayOpen := c.MayOpen(t.Context(), in)
	assert.Assert(t, !mayOpen && strings.Contains(answer[0].String(), may))
	answer, wrong, recorded := c.Submit(t.Context(), in, offboard.Form{})
	assert.Assert(t, !recorded && wrong == offboard.Trouble{} && strings.Contains(answer[0].String(), may))
	assert.Equal(t, len(records.taken), 0)
}
