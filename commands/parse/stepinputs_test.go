package parse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/parse"
)

// What is not text is not the same as nothing: a requester or a channel that counts as missing is not
// checked.
func TestStepInputsThatAreNotText(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"chat_id", "handle", "channel_id", "message_ts", "requested_by", "reason"} {
		upper := strings.ToUpper(name)
		for _, fields := range []string{
			`"%s":{"id":"U2"}`, `"%s":{}`, `"%s":["U2"]`, `"%s":[]`, `"%s":12025550132`, `"%s":-0.5e1`, `"%s":true`, `"%s":false`,
			`"%[1]s":"U2","%[1]s":"U3"`, `"%[1]s":"U2","%[1]s":"U2"`, `"%[1]s":"U2","%[1]s":null`, `"%[1]s":null,"%[1]s":"U2"`, `"%[1]s":"U2","%[1]s":{}`,
			`"%s":"` + strings.Repeat("x", 4001) + `"`,
			`"%s":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000),
		} {
			wantRefusedInput(t, name, "{"+fmt.Sprintf(fields, name)+"}")
		}
		for _, alike := range []string{upper, strings.ToUpper(name[:1]) + name[1:], " " + name, name + `\n`, strings.ReplaceAll(name, "k", "\u212a")} {
			if alike == name {
				continue
			}
			wantRefusedInput(t, name, fmt.Sprintf(`{"%s":"U2"}`, alike))
			wantRefusedInput(t, name, fmt.Sprintf(`{"%s":"U2","%s":"U3"}`, alike, name))
			wantRefusedInput(t, name, fmt.Sprintf(`{"%s":"U2","%s":"U3"}`, name, alike))
		}
		wantRefusedInput(t, name, fmt.Sprintf(`{"%s":"U2","\u%04x%s":"U3"}`, name, name[0], name[1:]))
	}
}

func wantRefusedInput(t *testing.T, name, encoded string) {
	t.Helper()
	in, err := parse.DecodeStepInputs(encoded)
	refused, ok := errors.AsType[*parse.InputError](err)
	if !ok {
		t.Errorf("%.80s: %+v, %v", encoded, in, err)
		return
	}
	assert.Equal(t, in, parse.StepInputs{})
	assert.Equal(t, refused.Name, name)
	assert.Assert(t, strings.HasPrefix(refused.Why.String(), "The step's input "+name+" "), refused.Why.String())
	assert.Assert(t, !strings.Contains(err.Error(), "U2") && !strings.Contains(err.Error(), "2025550132"), err.Error())
}

func TestStepInputsThatNobodyReads(t *testing.T) {
	t.Parallel()
	const deep = 20000
	for _, encoded := range []string{strings.Repeat("[", deep) + strings.Repeat("]", deep), `{"x":` + strings.Repeat(`{"x":`, deep) + "1" + strings.Repeat("}", deep) + "}", `"chat_id"`, "5", "true"} {
		_, err := parse.DecodeStepInputs(encoded)
		assert.Assert(t, err != nil, "%.20s", encoded)
	}
	in, err := parse.DecodeStepInputs(`{"x":{"requested_by":"U2"},"mood":["x"],"mood":7,"chat_id":"C","requested_by":null}`)
	assert.NilError(t, err)
	assert.Equal(t, in, parse.StepInputs{ChatID: "C"})
}

// A run that was to do nothing must not do something.
func TestStepInputDryRun(t *testing.T) {
	t.Parallel()
	for encoded, want := range map[string]bool{
		`{}`: false, `{"dry_run":null}`: false, `{"dry_run":false}`: false, `{"dry_run":true}`: true, `{"dry_run": true , "reason":"x"}`: true,
	} {
		in, err := parse.DecodeStepInputs(encoded)
		assert.NilError(t, err, encoded)
		assert.Equal(t, in.DryRun, want, encoded)
	}
	for _, encoded := range []string{
		`{"dry_run":"true"}`, `{"dry_run":""}`, `{"dry_run":1}`, `{"dry_run":{}}`, `{"dry_run":[true]}`, `{"Dry_Run":true}`, `{"dry_run":false,"dry_run":true}`,
	} {
		wantRefusedInput(t, "dry_run", encoded)
	}
}

func TestStepInputs(t *testing.T) {
	t.Parallel()
	whole := parse.StepInputs{ChatID: chatID, Handle: "(202) 555-0132"}
	const required = `{"chat_id":"` + chatID + `","handle":"(202) 555-0132"`
	for _, test := range []struct {
		name    string
		encoded string
		want    parse.StepInputs
		fails   bool
	}{
		{name: "the required ones", encoded: required + "}", want: whole},
		{
			name:    "all",
			encoded: required + `,"channel_id":"C1","message_ts":"1741538710.000100","requested_by":"U2"}`,
			want:    parse.StepInputs{ChatID: chatID, Handle: "(202) 555-0132", ChannelID: "C1", MessageTS: "1741538710.000100", RequestedBy: "U2"},
		},
		{name: "unknown ones", encoded: required + `,"mood":"good","more":[1]}`, want: whole},
		{name: "null", encoded: required + `,"requested_by":null}`, want: whole},
		{name: "none", encoded: "{}"},
		{name: "nothing at all", encoded: "null"},
		{name: "no JSON", encoded: "chat_id=1", fails: true},
		{name: "no text", encoded: "", fails: true},
		{name: "a list", encoded: "[]", fails: true},
		{name: "cut off", encoded: required[:20], fails: true},
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
