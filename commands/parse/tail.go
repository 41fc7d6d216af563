package parse

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"linqbot/commands/richtext"
)

// Tail is what every command takes beside a chat and people: whether nothing is to be done, and why it is asked for.
type Tail struct {
	DryRun  bool   // --dry-run: say what would happen, and do nothing
	Because string // the reason that the person gave; "" for none
}

const (
	// DryRunFlag is how the flag is written.
	DryRunFlag = "--dry-run"

	becauseWord = "because"

	// LongestReason is how many characters a reason may have.
	LongestReason = 300
)

// cutTail cuts the tail off a text that [Clean] has read. What follows the word because, behind the people, is the
// reason. The flag may stand anywhere, also in the reason: a person who types it wants nothing done.
func cutTail(text string) (rest string, tail Tail, refused *UsageError) {
	text, tail.DryRun = cutDryRun(text)
	at, found := becauseAt(text)
	if !found {
		return text, tail, nil
	}
	if tail.Because, refused = readReason(text[at+len(becauseWord):]); refused != nil {
		return text, tail, refused
	}
	if tail.Because == "" {
		return text, tail, usageError(usageReasonEmpty, text[at:at+len(becauseWord)],
			"Nothing follows the word %s. Write the reason after it, or leave the word out.", richtext.ID(becauseWord))
	}
	return strings.TrimRight(text[:at], " \n,;"), tail, nil
}

// cutDryRun takes out the flag wherever it stands, with any number of hyphens: phones make one dash of two.
func cutDryRun(text string) (rest string, found bool) {
	if !containsFold(text, "dry") {
		return text, false
	}
	var b strings.Builder
	done := 0
	for start, end := range wordsIn(text) {
		if isDryRun(text[start:end]) {
			b.WriteString(text[done:start])
			done, found = end, true
		}
	}
	if !found {
		return text, false
	}
	b.WriteString(text[done:])
	return StripPairs(b.String()), true
}

func isDryRun(word string) bool {
	word = StripPairs(word)
	name := strings.TrimLeft(word, "-")
	return len(name) < len(word) && (strings.EqualFold(name, "dry-run") || strings.EqualFold(name, "dryrun"))
}

// becauseAt finds the first because that is a word of its own and stands behind somebody. A chat's name may hold the
// word too, as may the name in front of an e-mail address.
func becauseAt(text string) (at int, found bool) {
	if !containsFold(text, becauseWord) {
		return 0, false
	}
	first, _ := cutWord(text)
	canonical, _ := spelledUUID(StripPairs(first))
	for start, end := range wordsIn(text) {
		if start > 0 && strings.EqualFold(strings.TrimRight(text[start:end], ":"), becauseWord) &&
			(canonical != "" || endsInPerson(text[:start])) {
			return start, true
		}
	}
	return 0, false
}

// containsFold reports whether text holds a word of small ASCII letters in any case. Most texts do not, and need no
// closer look.
func containsFold(text, word string) bool { return strings.Contains(strings.ToLower(text), word) }

// endsInPerson reports whether the last word could be the end of a number or an e-mail address.
func endsInPerson(text string) bool {
	text = strings.TrimRight(text, " \n,;")
	return strings.ContainsAny(text[strings.LastIndexAny(text, " \n,;")+1:], "0123456789@")
}

// wordsIn returns where each word begins and ends. Spaces, new lines, commas and semicolons are around words; a name
// in quotes in front of an address is left out.
func wordsIn(text string) func(yield func(start, end int) bool) {
	return func(yield func(start, end int) bool) {
		start := 0
		for i := 0; i <= len(text); i++ {
			if i < len(text) && text[i] == '"' && i == start {
				i += lengthOfName(text[i:])
			}
			if i < len(text) && !strings.ContainsRune(" \n,;", rune(text[i])) {
				continue
			}
			if i > start && !yield(start, i) {
				return
			}
			start = i + 1
		}
	}
}

// Reason reads a reason that stands alone, such as the field of a form; "" is none. A reason that is too long is refused
// with a [*UsageError].
func Reason(text string) (string, error) {
	reason, refused := readReason(Clean(text))
	if refused != nil {
		return "", refused
	}
	return reason, nil
}

func readReason(cleaned string) (string, *UsageError) {
	reason := StripPairs(strings.Join(strings.Fields(strings.TrimLeft(cleaned, " \n:,")), " "))
	if length := utf8.RuneCountInString(reason); length > LongestReason {
		return "", usageError(usageReasonTooLong, "",
			"The reason has %s characters, and linqbot keeps at most %s. Shorten it.", fmt.Sprint(length), fmt.Sprint(LongestReason))
	}
	return reason, nil
}

// flag is the tail's part in front of the arguments of a command that is to be sent again.
func (t Tail) flag() string {
	if t.DryRun {
		return " " + DryRunFlag
	}
	return ""
}

// reason is the part behind them.
func (t Tail) reason() string {
	if t.Because == "" {
		return ""
	}
	return " " + becauseWord + " " + t.Because
}
