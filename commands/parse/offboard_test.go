package parse

import (
	"errors"
	"strings"
	"testing"
)

// What is written in the place of a person is explained for a command that takes people alone.
func TestOffboardIsMisread(t *testing.T) {
	t.Parallel()
	const chat = "550e8400-e29b-41d4-a716-446655440000"
	for text, want := range map[string]string{
		"":                         "The person is missing.",
		"because they left":        "The person is missing.",
		"Because: they left":       "The person is missing.",
		chat:                       chat + " is a chat id, and this takes people out of every chat",
		chat + " +14155550132":     "use /linq-remove.",
		"ann@example.com, " + chat: "use /linq-remove.",
		"Ann Smith":                "Ann Smith is neither a phone number nor an e-mail address.",
	} {
		_, err := Offboard(text, "US")
		usage, ok := errors.AsType[*UsageError](err)
		if !ok || !strings.Contains(usage.Why.String(), want) || len(usage.Usage) == 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// More people than the command takes are a list.
func TestOffboardList(t *testing.T) {
	t.Parallel()
	people := strings.Repeat("ann@example.com, ", 21)
	list, ok := OffboardList(people + "because they left")
	if !ok || list.Because != "they left" || len(Split(list.People)) != 21 {
		t.Errorf("%v %+v", ok, list)
	}
	for _, text := range []string{"", "ann@example.com", strings.Repeat("a@example.com,", 20), strings.Repeat("ann@example.com, ", 300), people + " because"} {
		if _, ok := OffboardList(text); ok {
			t.Errorf("%q is one", text)
		}
	}
}
