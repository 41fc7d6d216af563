package commands

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parsers are all that read what people typed or wrote.
func parsers() map[string]func(string) {
	return map[string]func(string){
		"FindMentions":      func(text string) { FindMentions(text, "US") },
		"ParseRemove":       func(text string) { _, _ = ParseRemove(testChat+" "+text, "US") },
		"ParseRemove alone": func(text string) { _, _ = ParseRemove(text, "US") },
		"ParseHandle":       func(text string) { _, _ = ParseHandle(text, "US") },
		"ParseChat":         func(text string) { _, _ = ParseChat(text) },
		"OpensForm":         func(text string) { OpensForm(text) },
		"readSearch":        func(text string) { readSearch(text, "US") },
		"cleanTyped":        func(text string) { cleanTyped(text) },
		"splitHandles":      func(text string) { splitHandles(text) },
		"insidePairs":       func(text string) { insidePairs(text) },
		"spellings":         func(text string) { spellings(text) },
		"DecodeStepInputs":  func(text string) { _, _ = DecodeStepInputs(text) },
	}
}

// adversaries are pieces that, repeated, have made some parser look at the same characters again and
// again; before and after stand around the repeated ones.
func adversaries() []adversary {
	return []adversary{
		{name: "numbers on lines", piece: "1234567\n"},
		{name: "numbers with commas", piece: "+14155550132, "},
		{name: "different numbers", number: true},
		{name: "numbers with spaces", piece: "2025550132 "},
		{name: "digits with spaces", piece: "1 "},
		{name: "digits", piece: "1"},
		{name: "digits and separators", piece: "1(.-/) "},
		{name: "words with numbers", piece: "a1234567"},
		{name: "prices", piece: "$1234567 "},
		{name: "letters", piece: "a"},
		{name: "words", piece: "a "},
		{name: "ats", piece: "@"},
		{name: "letters and ats", piece: "a@"},
		{name: "addresses", piece: "a@b.c "},
		{name: "an address of many labels", before: "a@", piece: "b."},
		{name: "pluses", piece: "+"},
		{name: "commas", piece: ","},
		{name: "semicolons", piece: ";"},
		{name: "semicolons and names", piece: ";ext"},
		{name: "quotes", piece: `"`},
		{name: "quotes of two kinds", piece: `"'`},
		{name: "quoted spaces", piece: `"" `},
		{name: "spaces", before: `""`, piece: " ", after: "x"},
		{name: "angle brackets", piece: "<"},
		{name: "forms", piece: "<tel:1|2>"},
		{name: "half forms", piece: "<tel:"},
		{name: "one form", before: "<https://", piece: "a", after: "|a>"},
		{name: "round brackets", piece: "("},
		{name: "pairs of brackets", piece: "(", after: "x", mirror: ")"},
		{name: "pairs of forms", piece: "<", after: "x", mirror: ">"},
		{name: "pairs of quotes", piece: `"'`, after: "x", mirror: `'"`},
		{name: "entities", piece: "&amp;"},
		{name: "marks", before: "e", piece: "\u0301"},
		{name: "marks of two classes", before: "e", piece: "\u0301\u0323"},
		{name: "expanding characters", piece: "\ufdfa"},
		{name: "hangul", piece: "\u1100\u1161"},
		{name: "links", piece: "http://a "},
		{name: "dates", piece: "2026-03-09 "},
		{name: "half dates", piece: "2026-03-"},
		{name: "times", piece: "12:30:"},
		{name: "hexadecimal digits", piece: "0f"},
		{name: "chat ids", piece: testChat + " "},
		{name: "half chat ids", piece: testChat[:35]},
		{name: "extensions", piece: "1 x "},
		{name: "hyphens", piece: "-"},
		{name: "new lines", before: "x", piece: "\n", after: "x"},
		{name: "fields", before: "{", piece: `"chat_id":1,`, after: `"x":1}`},
		{name: "other fields", before: "{", piece: `"x":1,`, after: `"x":1}`},
		{name: "lists", piece: "[", mirror: "]"},
	}
}

type adversary struct {
	name, before, piece, after, mirror string
	number                             bool
}

func (a adversary) text(length int) string {
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

// BenchmarkParsers shows that four times the text takes four times as long, up to a cap: MB/s stays the
// same or grows. With -benchtime=5x it takes a minute.
func BenchmarkParsers(b *testing.B) {
	const length, longer = 3000, 12000
	for name, parse := range parsers() {
		for _, a := range adversaries() {
			for _, n := range []int{length, longer} {
				text := a.text(n)
				b.Run(fmt.Sprintf("%s/%s/%d", name, a.name, n), func(b *testing.B) {
					b.SetBytes(int64(len(text)))
					for b.Loop() {
						parse(text)
					}
				})
			}
		}
	}
}

// A parser that looks at the same characters again and again takes minutes for these.
func TestParsersTakeAnyText(t *testing.T) {
	const longest = 16 << 10
	for _, a := range adversaries() {
		text := a.text(longest)
		for _, parse := range parsers() {
			parse(text)
		}
	}
}

func TestFindMentionsStops(t *testing.T) {
	const ada = "+12025550132"
	find := func(message string) []string {
		var full []string
		_, people := FindMentions(message, "US")
		for _, person := range people {
			full = append(full, person.Full())
		}
		return full
	}
	lines := func(characters int) string { return strings.Repeat("-\n", characters/2) }
	for name, test := range map[string]struct {
		message string
		want    []string
	}{
		"in the last line":              {lines(longestMessage-len(ada)-1) + ada + "\n", []string{ada}},
		"cut":                           {lines(longestMessage-len(ada)+2) + ada, nil},
		"after the last line":           {lines(longestMessage) + ada, nil},
		"one long line":                 {strings.Repeat("é", longestMessage) + " " + ada, nil},
		"characters of several bytes":   {strings.Repeat("é\n", longestMessage/2-len(ada)) + ada, []string{ada}},
		"after the same many times":     {strings.Repeat("1234567\n", 4900) + ada, []string{ada}},
		"after one short of the most":   {wrongNumbers(mostReadings-1) + ada, []string{ada}},
		"after the most":                {wrongNumbers(mostReadings) + ada, nil},
		"after words that name a price": {strings.Repeat("x ", 1000) + "reference number: 2025550143\n" + ada, []string{ada}},
	} {
		if diff := cmp.Diff(test.want, find(test.message)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	var many strings.Builder
	for i := range mostMentions + 20 {
		fmt.Fprintf(&many, "person%d@example.com ", i)
	}
	if got := len(find(many.String())); got != mostMentions {
		t.Errorf("%d people", got)
	}
}

// wrongNumbers look like numbers, and are none.
func wrongNumbers(count int) string {
	var b strings.Builder
	for i := range count {
		fmt.Fprintf(&b, "+999%08d\n", i)
	}
	return b.String()
}

// Numbers with spaces between them can be read in many ways, of which only so many are tried.
func TestReadingsAreCounted(t *testing.T) {
	for _, words := range []string{strings.Repeat("4155 ", 100), strings.Repeat("1 ", 99) + "1", strings.Repeat("a@b.c ", 99) + "x", "1234567"} {
		for _, budget := range []int{1, 10, mostReadings} {
			left := budget
			readCandidate(strings.TrimSpace(words), "US", &left)
			if left < 0 || left == budget {
				t.Errorf("%.20s…: %d of %d left", words, left, budget)
			}
		}
	}
}

func TestPairsAreStrippedAFewTimes(t *testing.T) {
	for _, pair := range [][2]string{{"(", ")"}, {"[", "]"}, {"<", ">"}} {
		for _, times := range []int{4, 8} {
			text := strings.Repeat(pair[0], times) + "x" + strings.Repeat(pair[1], times)
			if got := insidePairs(text); got != "x" {
				t.Errorf("%s becomes %s", text, got)
			}
		}
		const nobodys = 1000
		if got := insidePairs(strings.Repeat(pair[0], nobodys) + "x" + strings.Repeat(pair[1], nobodys)); len(got) < nobodys {
			t.Errorf("%d characters are left inside of %s", len(got), pair)
		}
	}
}

func TestAParameterIsNear(t *testing.T) {
	for text, want := range map[string]bool{
		"ext=5": true, "EXT =5": true, "phone-context=+1": true, "isub=1": true, "ext": false, "x=1": false,
		strings.Repeat(";", 1000) + "ext=5": false, "ext" + strings.Repeat(" ", 1000) + "=5": false,
	} {
		if got := startsParameter(text); got != want {
			t.Errorf("%.20s: %v", text, got)
		}
	}
}
