package richtext_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"linqbot/commands/richtext"
)

type stringer struct{}

func (stringer) String() string { return "by itself" }

func TestSay(t *testing.T) {
	t.Parallel()
	words := func(s string) richtext.Span { return richtext.Span{Kind: richtext.Words, Value: s} }
	for _, test := range []struct {
		name   string
		format string
		parts  []any
		want   richtext.Text
	}{
		{"nothing", "", nil, nil},
		{"words alone", "It is done.", nil, richtext.Text{words("It is done.")}},
		{"a part between words", "from %s.", []any{richtext.Name("x")}, richtext.Text{words("from "), richtext.Name("x"), words(".")}},
		{"a part alone", "%s", []any{richtext.ID("x")}, richtext.Text{richtext.ID("x")}},
		{"two parts together", "%s%s", []any{richtext.ID("x"), richtext.Name("y")}, richtext.Text{richtext.ID("x"), richtext.Name("y")}},
		{"a string", "a %s c", []any{"b"}, richtext.Text{words("a "), words("b"), words(" c")}},
		{"a stringer", "%s", []any{stringer{}}, richtext.Text{words("by itself")}},
		{"a number", "%s left", []any{3}, richtext.Text{words("3"), words(" left")}},
		{"an empty string", "a%sb", []any{""}, richtext.Text{words("a"), words("b")}},
		{"a text in a text", "(%s)", []any{richtext.Say("x %s", richtext.ID("y"))}, richtext.Text{words("("), words("x "), richtext.ID("y"), words(")")}},
		{"an empty text", "(%s)", []any{richtext.Text(nil)}, richtext.Text{words("("), words(")")}},
		{"a part that looks like a format", "%s and %s", []any{"%s %d 100%", richtext.Name("%s")}, richtext.Text{
			words("%s %d 100%"), words(" and "), richtext.Name("%s"),
		}},
		{"other signs stay behind a part, too", "%s of 100%% or %d", []any{"5"}, richtext.Text{words("5"), words(" of 100%% or %d")}},
		{"other signs are words", "100%% of %d%%", nil, richtext.Text{words("100%% of %d%%")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, richtext.Say(test.format, test.parts...)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestTextWithoutMarkUp(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 9, 18, 45, 10, 0, time.FixedZone("", 2*60*60))
	text := richtext.Say("%s in %s: %s, %s, %s at %s", richtext.Member("U1"), richtext.InChannel("C1"), richtext.Name("a"), richtext.ID("b"),
		richtext.Message("C1", "1.2", "the thread"), richtext.Moment(at))
	assert.Equal(t, text.String(), "@U1 in #C1: a, b, the thread at 2026-03-09 16:45:10 UTC")
}

// A text that is put into two others must not be changed by the second.
func TestTextsDoNotShareTheirEnds(t *testing.T) {
	t.Parallel()
	base := append(make(richtext.Text, 0, 10), richtext.Say("a %s", richtext.Name("b"))...)
	first := richtext.Say("%s one", base)
	second := richtext.Say("%s two", base)
	assert.Equal(t, first.String(), "a b one")
	assert.Equal(t, second.String(), "a b two")
	assert.Equal(t, base.String(), "a b")
}
