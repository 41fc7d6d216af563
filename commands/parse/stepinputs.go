package parse

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"linqbot/commands/richtext"
)

// StepInputs are what a workflow hands to the step "Remove a Linq participant". All but the first
// two may be empty.
type StepInputs struct {
	ChatID      string
	Handle      string
	ChannelID   string // where to report
	MessageTS   string // the message in whose thread to report
	RequestedBy string // who the workflow says it acts for: a claim
	Reason      string // why, in the workflow's words
	DryRun      bool   // nothing is to be done
}

// InputError says which input of a step is not as it must be, and why. [InputError.Error] repeats
// nothing of the input's value.
type InputError struct {
	Name string        // the input, as linqbot calls it
	Why  richtext.Text // a sentence for the workflow's people, and one of what to do
}

func (e *InputError) Error() string { return "decode inputs: " + e.Why.String() }

// DecodeStepInputs reads inputs as the platform sends them, a JSON object. An input that is null or missing is empty.
// Anything else that is not text is an [*InputError], except dry_run, which is true or false. So is an input that is
// given twice, or under a name that only looks like its own. Otherwise it would count as missing, and a missing input
// is not checked against the policy.
func DecodeStepInputs(encoded string) (StepInputs, error) {
	fields, err := objectFields(encoded)
	if err != nil {
		return StepInputs{}, fmt.Errorf("decode inputs: %w", err)
	}
	var in StepInputs
	inputs := []struct {
		name string
		into any // a text or a truth
	}{
		{"chat_id", &in.ChatID},
		{"handle", &in.Handle},
		{"channel_id", &in.ChannelID},
		{"message_ts", &in.MessageTS},
		{"requested_by", &in.RequestedBy},
		{"reason", &in.Reason},
		{"dry_run", &in.DryRun},
	}
	for _, input := range inputs {
		given := false
		for _, field := range fields {
			switch {
			case field.name != input.name && strings.EqualFold(strings.TrimSpace(field.name), input.name):
				return StepInputs{}, wrongInput(input.name, "is written %s in the workflow. Write it %s there.", richtext.Quoted(field.name), richtext.ID(input.name))
			case field.name != input.name:
				continue
			case given:
				return StepInputs{}, wrongInput(input.name, "is given twice. Give it once in the workflow.")
			}
			given = true
			switch into := input.into.(type) {
			case *string:
				*into, err = textInput(input.name, field.value)
			case *bool:
				*into, err = truthInput(input.name, field.value)
			}
			if err != nil {
				return StepInputs{}, err
			}
		}
	}
	return in, nil
}

// textInput reads one input. Numbers are refused too: of +1 415 555 0132 a number has lost the +, and
// of a timestamp its last zeros.
func textInput(name string, value json.RawMessage) (string, error) {
	kind := ""
	switch value[0] {
	case '"', 'n':
	case '{':
		kind = "an object"
	case '[':
		kind = "a list"
	case 't', 'f':
		kind = "true or false"
	default:
		kind = "a number"
	}
	if kind != "" {
		return "", wrongInput(name, "is not text, but %s. Give it text in the workflow.", kind)
	}
	var text string // stays empty for null
	if err := json.Unmarshal(value, &text); err != nil {
		return "", fmt.Errorf("decode inputs: %w", err)
	}
	if utf8.RuneCountInString(text) > MostCharacters {
		return "", wrongInput(name, "is longer than the 4,000 characters that linqbot reads. Give it less text in the workflow.")
	}
	return text, nil
}

// truthInput reads one input that is true or false. Nothing else is guessed at: a run that was to do nothing must not
// do something.
func truthInput(name string, value json.RawMessage) (bool, error) {
	switch string(value) {
	case "true":
		return true, nil
	case "false", "null":
		return false, nil
	default:
		return false, wrongInput(name, "is neither true nor false. Give it one of the two in the workflow.")
	}
}

func wrongInput(name, format string, parts ...any) *InputError {
	return &InputError{Name: name, Why: richtext.Say("The step's input %s %s", richtext.ID(name), richtext.Say(format, parts...))}
}

type objectField struct {
	name  string
	value json.RawMessage
}

// objectFields returns the fields of a JSON object in their order, those that are given twice as
// well; none for null.
func objectFields(encoded string) ([]objectField, error) {
	if !json.Valid([]byte(encoded)) {
		return nil, errors.New("not JSON")
	}
	decoder := json.NewDecoder(strings.NewReader(encoded))
	switch opening, err := decoder.Token(); {
	case err != nil:
		return nil, err
	case opening == nil:
		return nil, nil
	case opening != json.Delim('{'):
		return nil, errors.New("not a JSON object")
	}
	var fields []objectField
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var field objectField
		field.name, _ = key.(string) // all keys are
		if err := decoder.Decode(&field.value); err != nil {
			return nil, err
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// Tail returns what commands take as words of their own. A reason that is too long is an [*InputError].
func (in StepInputs) Tail() (Tail, error) {
	because, refused := readReason(Clean(in.Reason))
	if refused != nil {
		return Tail{}, &InputError{Name: "reason", Why: refused.Why}
	}
	return Tail{DryRun: in.DryRun, Because: because}, nil
}
