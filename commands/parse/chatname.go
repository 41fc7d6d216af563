package parse

import (
	"regexp"
	"strings"
)

// NamedChat is a command that has words in the place of a chat id.
type NamedChat struct {
	Words  string         // what is perhaps the chat's name
	People []ParsedHandle // who follows; empty if nobody does, or Wrong says why they were not understood
	Wrong  *UsageError    // what is wrong with who follows; nil if nothing is
	Tail
}

// Command returns the command to send, with the id of a chat in place of its name.
func (n NamedChat) Command(name, chat string) string {
	if len(n.People) == 0 {
		return name + n.flag() + " " + chat
	}
	return name + n.flag() + " " + chat + " " + privateForms(n.People) + n.reason()
}

var anyWord = regexp.MustCompile(`[^ \n]+`)

// ChatByName reads the text after a command once [Remove] or [Add] has found no chat id in it. ok is false if it can name
// no chat.
func ChatByName(text, region string) (named NamedChat, ok bool) {
	if RefuseLong(text) != nil {
		return NamedChat{}, false
	}
	text, named.Tail, named.Wrong = cutTail(StripPairs(Clean(text)))
	if named.Wrong != nil {
		return NamedChat{}, false
	}
	first, _ := cutWord(text)
	if _, mention := mentioned(StripPairs(first)); mention || anyUUID.MatchString(text) {
		return NamedChat{}, false
	}
	const mostStarts = 8 // names have few numbers in them, and a reading of a long list costs
	end, starts := len(text), 0
	for _, at := range anyWord.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		if at[0] == 0 || !strings.ContainsAny(word, "0123456789@") {
			continue
		}
		people, wrong := readHandles(text[at[0]:], region)
		if wrong == nil {
			named.People, end = people, at[0]
			break
		}
		if strings.HasPrefix(word, "+") || strings.Contains(word, "@") { // it was meant as one
			named.Wrong, end = wrong, at[0]
			break
		}
		if starts++; starts == mostStarts {
			break
		}
	}
	named.Words = StripPairs(strings.Trim(text[:end], " \n,;:"))
	return named, named.Words != ""
}
