package commandstest

import (
	"fmt"
	"strings"
)

// ChatID names a chat.
const ChatID = "550e8400-e29b-41d4-a716-446655440000"

// LongTexts are pieces that, repeated, have made some parser look at the same characters again and
// again.
func LongTexts() []LongText {
	return []LongText{
		{Name: "numbers on lines", piece: "1234567\n"},
		{Name: "numbers with commas", piece: "+14155550132, "},
		{Name: "different numbers", number: true},
		{Name: "numbers with spaces", piece: "2025550132 "},
		{Name: "digits with spaces", piece: "1 "},
		{Name: "digits", piece: "1"},
		{Name: "digits and separators", piece: "1(.-/) "},
		{Name: "words with numbers", piece: "a1234567"},
		{Name: "prices", piece: "$1234567 "},
		{Name: "letters", piece: "a"},
		{Name: "words", piece: "a "},
		{Name: "ats", piece: "@"},
		{Name: "letters and ats", piece: "a@"},
		{Name: "addresses", piece: "a@b.c "},
		{Name: "an address of many labels", before: "a@", piece: "b."},
		{Name: "pluses", piece: "+"},
		{Name: "commas", piece: ","},
		{Name: "semicolons", piece: ";"},
		{Name: "semicolons and names", piece: ";ext"},
		{Name: "quotes", piece: `"`},
		{Name: "quotes of two kinds", piece: `"'`},
		{Name: "quoted spaces", piece: `"" `},
		{Name: "spaces", before: `""`, piece: " ", after: "x"},
		{Name: "angle brackets", piece: "<"},
		{Name: "forms", piece: "<tel:1|2>"},
		{Name: "half forms", piece: "<tel:"},
		{Name: "one form", before: "<https://", piece: "a", after: "|a>"},
		{Name: "round brackets", piece: "("},
		{Name: "pairs of brackets", piece: "(", after: "x", mirror: ")"},
		{Name: "pairs of forms", piece: "<", after: "x", mirror: ">"},
		{Name: "pairs of quotes", piece: `"'`, after: "x", mirror: `'"`},
		{Name: "entities", piece: "&amp;"},
		{Name: "marks", before: "e", piece: "\u0301"},
		{Name: "marks of two classes", before: "e", piece: "\u0301\u0323"},
		{Name: "expanding characters", piece: "\ufdfa"},
		{Name: "hangul", piece: "\u1100\u1161"},
		{Name: "links", piece: "http://a "},
		{Name: "dates", piece: "2026-03-09 "},
		{Name: "half dates", piece: "2026-03-"},
		{Name: "times", piece: "12:30:"},
		{Name: "hexadecimal digits", piece: "0f"},
		{Name: "chat ids", piece: ChatID + " "},
		{Name: "half chat ids", piece: ChatID[:35]},
		{Name: "extensions", piece: "1 x "},
		{Name: "hyphens", piece: "-"},
		{Name: "new lines", before: "x", piece: "\n", after: "x"},
		{Name: "fields", before: "{", piece: `"chat_id":1,`, after: `"x":1}`},
		{Name: "other fields", before: "{", piece: `"x":1,`, after: `"x":1}`},
		{Name: "lists", piece: "[", mirror: "]"},
	}
}

// LongText is a piece that can be repeated to any length, with what stands around the repeated ones.
type LongText struct {
	Name                         string
	before, piece, after, mirror string
	number                       bool
}

// Of returns a text of about that many bytes.
func (a LongText) Of(length int) string {
	if a.number {
		var b strings.Builder
		for i := 0; b.Len() < length; i++ {
			fmt.Fprintf(&b, "+1415555%04d\n", i%10000)
		}
		return b.String()
	}
	times := max(1, length/len(a.piece+a.mirror))
	return a.before + strings.Repeat(a.piece, times) + a.after + strings.Repeat(a.mirror, times)
}
