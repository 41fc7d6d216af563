package workflowstep_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/parse"
	"linqbot/commands/policy"
	"linqbot/commands/workflowstep"
	"linqbot/ledger"
)

// inputs are a step's, each changed or, where it is nil, left out.
func inputs(changed map[string]any) string {
	all := map[string]any{"chat_id": chatID, "handle": "(202) 555-0132"}
	for name, value := range changed {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	encoded, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func runOf(encoded string) ledger.Execution {
	return ledger.Execution{ID: "Fx1", EventID: "Ev1", TeamID: "T1", Inputs: ledger.NewSecret(encoded)}
}

type object = map[string]any

func FuzzDecodeStepInputs(f *testing.F) {
	for _, encoded := range []string{inputs(nil), inputs(object{"channel_id": 1, "requested_by": []string{}}), "null", "[]", `{"chat_id":"\ud800"}`, `{"a":`} {
		f.Add(encoded)
	}
	step := workflowstep.NewOneChat(workflowstep.OneChatConfig{Gate: gate(policy.Policy{Everyone: true}, nil), Region: "US"})
	f.Fuzz(func(t *testing.T, encoded string) {
		in, err := parse.DecodeStepInputs(encoded)
		if (err == nil) != json.Valid([]byte(encoded)) && err == nil {
			t.Errorf("%q is no JSON", encoded)
		}
		order, refused := step.Order(t.Context(), runOf(encoded))
		if (len(refused) > 0) != (order == ledger.Order{}) {
			t.Errorf("%q: %v and %q", encoded, order, refused)
		}
		if len(refused) > 0 && !strings.Contains(refused.String(), "Nothing was removed.") {
			t.Errorf("%q: %s", encoded, refused)
		}
		if len(refused) == 0 && (order.ChannelID != in.ChannelID || order.UserID != in.RequestedBy) {
			t.Errorf("%q: %v", encoded, order)
		}
	})
}

// What is longer than linqbot reads is refused in words.
func TestLongInputsAreRefused(t *testing.T) {
	t.Parallel()
	for _, long := range []string{strings.Repeat("1234567\n", 5000), strings.Repeat(" ", 12_000), chatID + strings.Repeat("\u200b", 12_000)} {
		for _, input := range []string{"chat_id", "handle"} {
			_, refused := workflowstep.NewOneChat(workflowstep.OneChatConfig{Gate: gate(anyone(), nil), Region: "US"}).Order(t.Context(), runOf(inputs(object{input: long})))
			assert.Assert(t, strings.Contains(refused.String(), "longer than the 4,000 characters"), refused.String())
		}
	}
}
