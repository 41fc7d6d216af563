package richtext

import (
	"strings"
	"unicode/utf8"
)

// Quoted shows what was typed on one line, or the beginning of it: a sentence stays one when
// someone pastes a page.
func Quoted(typed string) Span {
	return ID(Shortened(strings.ReplaceAll(typed, "\n", " ")))
}

// Shortened keeps a sentence short although someone pasted a page, or named a chat by one.
func Shortened(text string) string {
	const most = 120
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
