package commands_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"linqbot/commands"
)

type stringer struct{}

func (stringer) String() string { return "by itself" }

func TestSay(t *testing.T) {
	t.Parallel()
	words := func(s string) commands.Span { return commands.Span{Kind: commands.Words, Value: s} }
	for _, test := range []struct {
		name   string
		format string
		parts  []any
		want   commands.Text
	}{
		{"nothing", "", nil, nil},
		{"words alone", "It is done.", nil, commands.Text{words("It is done.")}},
		{"a part between words", "from %s.", []any{commands.Name("x")}, commands.Text{words("from "), commands.Name("x"), words(".")}},
		{"a part alone", "%s", []any{commands.ID("x")}, commands.Text{commands.ID("x")}},
		{"two parts together", "%s%s", []any{commands.ID("x"), commands.Name("y")}, commands.Text{commands.ID("x"), commands.Name("y")}},
		{"a string", "a %s c", []any{"b"}, commands.Text{words("a "), words("b"), words(" c")}},
		{"a stringer", "%s", []any{stringer{}}, commands.Text{words("by itself")}},
		{"a number", "%s left", []any{3}, commands.Text{words("3"), words(" left")}},
		{"an empty string", "a%sb", []any{""}, commands.Text{words("a"), words("b")}},
		{"a text in a text", "(%s)", []any{commands.Say("x %s", commands.ID("y"))}, commands.Text{words("("), words("x "), commands.ID("y"), words(")")}},
		{"an empty text", "(%s)", []any{commands.Text(nil)}, commands.Text{words("("), words(")")}},
		{"a part that looks like a format", "%s and %s", []any{"%s %d 100%", commands.Name("%s")}, commands.Text{
			words("%s %d 100%"), words(" and "), commands.Name("%s"),
		}},
		{"other signs stay behind a part, too", "%s of 100%% or %d", []any{"5"}, commands.Text{words("5"), words(" of 100%% or %d")}},
		{"other signs are words", "100%% of %d%%", nil, commands.Text{words("100%% of %d%%")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, commands.Say(test.format, test.parts...)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestTextWithoutMarkUp(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 9, 18, 45, 10, 0, time.FixedZone("", 2*60*60))
	text := commands.Say("%s in %s: %s, %s, %s at %s", commands.Member("U1"), commands.InChannel("C1"), commands.Name("a"), commands.ID("b"),
		commands.Message("C1", "1.2", "the thread"), commands.Moment(at))
	assert.Equal(t, text.String(), "@U1 in #C1: a, b, the thread at 2026-03-09 16:45:10 UTC")
}

// A text that is put into two others must not be changed by the second.
func TestTextsDoNotShareTheirEnds(t *testing.T) {
	t.Parallel()
	base := append(make(commands.Text, 0, 10), commands.Say("a %s", commands.Name("b"))...)
	first := commands.Say("%s one", base)
	second := commands.Say("%s two", base)
	assert.Equal(t, first.String(), "a b one")
	assert.Equal(t, second.String(), "a b two")
	assert.Equal(t, base.String(), "a b")
}
