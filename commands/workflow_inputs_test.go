package commands_test

import (
	"encoding/json"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands"
	"linqbot/commands/parse"
	"linqbot/commands/policy"
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

func TestStepInputs(t *testing.T) {
	t.Parallel()
	whole := parse.StepInputs{ChatID: chatID, Handle: "(202) 555-0132"}
	for _, test := range []struct {
		name    string
		encoded string
		want    parse.StepInputs
		fails   bool
	}{
		{name: "the required ones", encoded: inputs(nil), want: whole},
		{
			name:    "all",
			encoded: inputs(object{"channel_id": "C1", "message_ts": "1741538710.000100", "requested_by": "U2"}),
			want:    parse.StepInputs{ChatID: chatID, Handle: "(202) 555-0132", ChannelID: "C1", MessageTS: "1741538710.000100", RequestedBy: "U2"},
		},
		{name: "unknown ones", encoded: inputs(object{"mood": "good", "more": []int{1}}), want: whole},
		{name: "null", encoded: inputs(object{"requested_by": json.RawMessage("null")}), want: whole},
		{name: "none", encoded: "{}"},
		{name: "nothing at all", encoded: "null"},
		{name: "no JSON", encoded: "chat_id=1", fails: true},
		{name: "no text", encoded: "", fails: true},
		{name: "a list", encoded: "[]", fails: true},
		{name: "cut off", encoded: inputs(nil)[:20], fails: true},
		{name: "two objects", encoded: "{}{}", fails: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := parse.DecodeStepInputs(test.encoded)
			assert.Equal(t, err != nil, test.fails, err)
			assert.Equal(t, got, test.want)
		})
	}
}

func FuzzDecodeStepInputs(f *testing.F) {
	for _, encoded := range []string{inputs(nil), inputs(object{"channel_id": 1, "requested_by": []string{}}), "null", "[]", `{"chat_id":"\ud800"}`, `{"a":`} {
		f.Add(encoded)
	}
	workflow := commands.NewWorkflow(commands.WorkflowConfig{Gate: gate(policy.Policy{Everyone: true}, nil), Region: "US"})
	f.Fuzz(func(t *testing.T, encoded string) {
		in, err := parse.DecodeStepInputs(encoded)
		if (err == nil) != json.Valid([]byte(encoded)) && err == nil {
			t.Errorf("%q is no JSON", encoded)
		}
		order, refused := workflow.Order(t.Context(), runOf(encoded))
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
