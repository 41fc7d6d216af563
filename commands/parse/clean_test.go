package parse

import (
	"strings"
	"testing"
	"unicode"
)

func TestCleanTyped(t *testing.T) {
	for _, row := range []struct{ form, text, want string }{
		{"plain", "a b", "a b"},
		{"entities", "&amp;&lt;x&gt;", "&<x>"},
		{"an entity of an entity is the person's own", "&amp;lt;", "&lt;"},
		{"other entities are text", "&quot;&#39;", "&quot;&#39;"},
		{"new lines stay", "a\r\nb\u2028c\u0085d", "a\n\nb\nc\nd"},
		{"spaces", "a\u00a0b\u1680c\u2003d\u202fe\u205ff\u3000g\th", "a b c d e f g h"},
		{"dashes", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", strings.Repeat("-", 10)},
		{"invisible", "a\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f\u034f\u3164b", "ab"},
		{"quotes", "‘a’ ‚b‛ “c” „d‟ «e» ′f″", `'a' 'b' "c" "d" "e" 'f"`},
		{"full-width", "！～＜Ａ＞", "!~<A>"},
		{"superscripts and circles are no digits", "²①½", "²①½"},
		{"visible signs stay", "a\x00é😀\u0600", "a\x00é😀\u0600"},
		{"tel", "<tel:+1415>", "+1415"},
		{"tel with a label", "<tel:+1415|415>", "+1415"},
		{"tel whose label has more digits", "<tel:+1415|415 x5>", "415 x5"},
		{"mailto", "<mailto:a@b.c?subject=x>", "a@b.c"},
		{"mailto with a label", "<mailto:a@b.c|A@b.c>", "A@b.c"},
		{"http", "a@<http://b.c|b.c>", "a@b.c"},
		{"https without a label", "a@<https://b.c/>", "a@b.c"},
		{"mentions lose their label", "<@U1|a, b> <#C1|x> <!subteam^S1|@g>", "<@U1> <#C1> <!subteam^S1>"},
		{"other brackets stay", "<a@b.c> < | >", "<a@b.c> < | >"},
		{"a bracket inside a bracket", "<<mailto:a@b.c|a@b.c>>", "<a@b.c>"},
		{"a bracket alone", "a < b", "a < b"},
	} {
		t.Run(row.form, func(t *testing.T) {
			if got := Clean(row.text); got != row.want {
				t.Errorf("Clean(%+q) = %+q, want %+q", row.text, got, row.want)
			}
		})
	}
}

func TestInsidePairs(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		" x ":                "x",
		`"x"`:                "x",
		"```x```":            "x",
		"*`x`*":              "x",
		"**":                 "",
		`"`:                  `"`,
		`"x`:                 `"x`,
		`"a" "b"`:            `"a" "b"`,
		"(415) 555-0132":     "(415) 555-0132",
		"((415) 555-0132)":   "(415) 555-0132",
		"(415) 555-(0132)":   "(415) 555-(0132)",
		"<x>":                "x",
		"<a>, <b>":           "<a>, <b>",
		"<@U1>":              "<@U1>",
		"(x":                 "(x",
		"()":                 "",
		"[ x ]":              "x",
		"{x}":                "{x}",
		"'o'brien@example.c": "'o'brien@example.c",
	} {
		if got := StripPairs(text); got != want {
			t.Errorf("StripPairs(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestDigitOf relies on what Unicode promises of decimal digits: ten in a row, in order.
func TestDigitOf(t *testing.T) {
	for _, table := range []*unicode.RangeTable{unicode.Nd} {
		for _, r16 := range table.R16 {
			wantRunOfTen(t, rune(r16.Lo), rune(r16.Hi), rune(r16.Stride))
		}
		for _, r32 := range table.R32 {
			wantRunOfTen(t, rune(r32.Lo), rune(r32.Hi), rune(r32.Stride))
		}
	}
	for digit, want := range map[rune]rune{'0': '0', '9': '9', '٣': '3', '۴': '4', '५': '5', '𝟎': '0', '𝟟': '7', '𝟿': '9', '９': '9'} {
		if got := digitOf(digit); got != want {
			t.Errorf("digitOf(%c) = %c", digit, got)
		}
	}
}

func wantRunOfTen(t *testing.T, low, high, stride rune) {
	t.Helper()
	if stride != 1 || (high-low+1)%10 != 0 {
		t.Errorf("%U to %U by %d", low, high, stride)
	}
	for r := low; r <= high; r++ {
		if got, want := digitOf(r), '0'+(r-low)%10; got != want {
			t.Errorf("digitOf(%U) = %c, want %c", r, got, want)
		}
	}
}
