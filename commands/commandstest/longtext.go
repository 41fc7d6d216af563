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
		{Name: "numbers on lines", repeat: "1234567\n"},
		{Name: "numbers with commas", repeat: "+14155550132, "},
		{Name: "different numbers", number: true},
		{Name: "numbers with spaces", repeat: "2025550132 "},
		{Name: "digits with spaces", repeat: "1 "},
		{Name: "digits", repeat: "1"},
		{Name: "digits and separators", repeat: "1(.-/) "},
		{Name: "words with numbers", repeat: "a1234567"},
		{Name: "prices", repeat: "$1234567 "},
		{Name: "letters", repeat: "a"},
		{Name: "words", repeat: "a "},
		{Name: "ats", repeat: "@"},
		{Name: "letters and ats", repeat: "a@"},
		{Name: "addresses", repeat: "a@b.c "},
		{Name: "an address of many labels", before: "a@", repeat: "b."},
		{Name: "pluses", repeat: "+"},
		{Name: "commas", repeat: ","},
		{Name: "semicolons", repeat: ";"},
		{Name: "semicolons and names", repeat: ";ext"},
		{Name: "quotes", repeat: `"`},
		{Name: "quotes of two kinds", repeat: `"'`},
		{Name: "quoted spaces", repeat: `"" `},
		{Name: "spaces", before: `""`, repeat: " ", after: "x"},
		{Name: "angle brackets", repeat: "<"},
		{Name: "forms", repeat: "<tel:1|2>"},
		{Name: "half forms", repeat: "<tel:"},
		{Name: "one form", before: "<https://", repeat: "a", after: "|a>"},
		{Name: "round brackets", repeat: "("},
		{Name: "pairs of brackets", repeat: "(", after: "x", mirror: ")"},
		{Name: "pairs of forms", repeat: "<", after: "x", mirror: ">"},
		{Name: "pairs of quotes", repeat: `"'`, after: "x", mirror: `'"`},
		{Name: "entities", repeat: "&amp;"},
		{Name: "marks", before: "e", repeat: "\u0301"},
		{Name: "marks of two classes", before: "e", repeat: "\u0301\u0323"},
		{Name: "expanding characters", repeat: "\ufdfa"},
		{Name: "hangul", repeat: "\u1100\u1161"},
		{Name: "links", repeat: "http://a "},
		{Name: "dates", repeat: "2026-03-09 "},
		{Name: "half dates", repeat: "2026-03-"},
		{Name: "times", repeat: "12:30:"},
		{Name: "hexadecimal digits", repeat: "0f"},
		{Name: "chat ids", repeat: ChatID + " "},
		{Name: "half chat ids", repeat: ChatID[:35]},
		{Name: "extensions", repeat: "1 x "},
		{Name: "hyphens", repeat: "-"},
		{Name: "new lines", before: "x", repeat: "\n", after: "x"},
		{Name: "fields", before: "{", repeat: `"chat_id":1,`, after: `"x":1}`},
		{Name: "other fields", before: "{", repeat: `"x":1,`, after: `"x":1}`},
		{Name: "lists", repeat: "[", mirror: "]"},
	}
}

// LongText is a text that can be repeated to any length, with what stands around the repeated ones.
type LongText struct {
	Name                          string
	before, repeat, after, mirror string
	number                        bool
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
	times := max(1, length/len(a.repeat+a.mirror))
	return a.before + strings.Repeat(a.repeat, times) + a.after + strings.Repeat(a.mirror, times)
}
