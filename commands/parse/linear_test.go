package parse

import (
	"fmt"
	"strings"
	"testing"

	"linqbot/commands/commandstest"

	"github.com/google/go-cmp/cmp"
)

// parsers are all that read what people typed or wrote.
func parsers() map[string]func(string) {
	return map[string]func(string){
		"Mentions":         func(text string) { Mentions(text, "US") },
		"Remove":           func(text string) { _, _ = Remove(testChat+" "+text, "US") },
		"Add":              func(text string) { _, _ = Add(testChat+" "+text, "US") },
		"Remove alone":     func(text string) { _, _ = Remove(text, "US") },
		"Remove because":   func(text string) { _, _ = Remove(testChat+" +14155550132 because "+text, "US") },
		"Handle":           func(text string) { _, _ = Handle(text, "US") },
		"ChatByName":       func(text string) { ChatByName("spring "+text, "US") },
		"AsksForHelp":      func(text string) { AsksForHelp(text) },
		"Chat":             func(text string) { _, _ = Chat(text) },
		"OpensForm":        func(text string) { OpensForm(text) },
		"Clean":            func(text string) { Clean(text) },
		"Split":            func(text string) { Split(text) },
		"StripPairs":       func(text string) { StripPairs(text) },
		"DecodeStepInputs": func(text string) { _, _ = DecodeStepInputs(text) },
	}
}

// BenchmarkParsers shows that four times the text takes four times as long, up to a cap: MB/s stays the
// same or grows. With -benchtime=5x it takes a minute.
func BenchmarkParsers(b *testing.B) {
	const length, longer = 3000, 12000
	for name, parse := range parsers() {
		for _, a := range commandstest.LongTexts() {
			for _, n := range []int{length, longer} {
				text := a.Of(n)
				b.Run(fmt.Sprintf("%s/%s/%d", name, a.Name, n), func(b *testing.B) {
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
	for _, a := range commandstest.LongTexts() {
		text := a.Of(longest)
		for _, parse := range parsers() {
			parse(text)
		}
	}
}

func TestFindMentionsStops(t *testing.T) {
	const ada = "+12025550132"
	find := func(message string) []string {
		var full []string
		_, people := Mentions(message, "US")
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
			if got := StripPairs(text); got != "x" {
				t.Errorf("%s becomes %s", text, got)
			}
		}
		const nobodys = 1000
		if got := StripPairs(strings.Repeat(pair[0], nobodys) + "x" + strings.Repeat(pair[1], nobodys)); len(got) < nobodys {
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
