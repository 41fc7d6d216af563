package parse

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean turns what arrives from Slack into what the person meant to type. It decodes the three entities, removes
// invisible characters, unwraps Slack's links, and turns the many spaces, hyphens, quotes and digits of Unicode into
// ASCII. Lines stay apart. Nothing visible is dropped, so that what cannot be read is refused later instead of
// vanishing here.
func Clean(text string) string {
	text = slackEntities(text)
	text = strings.Map(PlainRune, norm.NFC.String(text))
	text = unwrapSlackForms(norm.NFC.String(text)) // again: a base and its accent may have come together
	return strings.TrimSpace(text)
}

// slackEntities decodes the only three entities that Slack writes. Each is decoded once: "&amp;lt;"
// is a person's "&lt;".
func slackEntities(text string) string {
	if !strings.Contains(text, "&") {
		return text
	}
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
}

// PlainRune maps one character, to -1 if it is to go. It is not NFKC, which would turn "²" or "①" into digits that
// nobody dials.
func PlainRune(r rune) rune {
	switch {
	case r == '\n':
		return '\n'
	case r >= ' ' && r <= '~':
		return r
	case r == '\t':
		return ' '
	case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
		return '\n'
	case isInvisible(r):
		return -1
	case r >= '！' && r <= '～': // the full-width forms of ! to ~
		return r - '！' + '!'
	case unicode.Is(unicode.Zs, r):
		return ' '
	case isDash(r):
		return '-'
	case unicode.IsDigit(r):
		return digitOf(r)
	}
	switch r {
	case '‘', '’', '‚', '‛', '‹', '›', '′', 'ʼ', '´':
		return '\''
	case '“', '”', '„', '‟', '«', '»', '″':
		return '"'
	case '﹢':
		return '+'
	case '、', '،':
		return ','
	case '؛':
		return ';'
	}
	return r
}

// isInvisible reports whether r takes no room where it is shown: bidi controls, zero-width and
// format characters, the soft hyphen, variation selectors.
func isInvisible(r rune) bool {
	if unicode.Is(unicode.Cf, r) {
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, r) // these are seen
	}
	return unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

func isDash(r rune) bool {
	return r >= '\u2010' && r <= '\u2015' || r == '\u2212' || r == '\u2043' || r == '\ufe58' || r == '\ufe63'
}

// digitOf returns the ASCII digit for any decimal digit. Unicode lays decimal digits out in runs of
// ten from zero to nine; some runs touch.
func digitOf(r rune) rune {
	first := r
	for unicode.IsDigit(first - 1) {
		first--
	}
	return '0' + (r-first)%10
}

// StripPairs strips quotes, marks of emphasis and brackets that stand around the whole of text, as
// often as they do: "`x`" is x, and (415) 555-0132 stays. Nobody nests more than a few. The rest
// stays, so that each character is looked at only a few times.
func StripPairs(text string) string {
	const mostPairs = 16
	for range mostPairs {
		inner, ok := insidePair(strings.TrimSpace(text))
		if !ok {
			break
		}
		text = inner
	}
	return strings.TrimSpace(text)
}

func insidePair(text string) (inner string, ok bool) {
	if text == "" {
		return "", false
	}
	switch opening := text[:1]; opening {
	case `"`, "'", "`", "*":
		inner = strings.TrimLeft(text, opening)
		if inner == "" {
			return "", len(text) > 1
		}
		run := text[:len(text)-len(inner)]
		inner, ok = strings.CutSuffix(inner, run)
		return inner, ok && !strings.Contains(inner, opening)
	case "(":
		return insideBrackets(text, '(', ')')
	case "[":
		return insideBrackets(text, '[', ']')
	case "<":
		inner, ok = insideBrackets(text, '<', '>')
		return inner, ok && !isMention(inner)
	}
	return "", false
}

// insideBrackets strips a bracket only if the one that closes it is the last character.
func insideBrackets(text string, opening, closing rune) (inner string, ok bool) {
	depth := 0
	for i, r := range text {
		switch r {
		case opening:
			depth++
		case closing:
			depth--
		}
		if depth == 0 {
			return text[1:i], i == len(text)-1
		}
	}
	return "", false
}
