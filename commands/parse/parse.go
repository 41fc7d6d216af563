package parse

import (
	"slices"
	"strings"

	"linqbot/linq"
)

// Args is what a person asked for: whom to remove from a chat, or to add to it.
type Args struct {
	Chat    linq.ChatID
	Handles []ParsedHandle // at least one, each once, in the order in which they were named
	Tail
}

// MostHandles is how many people one command takes.
const MostHandles = 20

// Remove reads the text after /linq-remove: a chat id, then one or more handles separated by
// commas, semicolons or new lines, and perhaps a [Tail]. region is the one in which numbers without an international
// prefix are read. What cannot be understood is refused whole, with a [*UsageError] that names the
// part.
func Remove(text, region string) (Args, error) { return read(text, region, removing()) }

// Add reads the text after /linq-add, as [Remove] does. A handle that is neither a number nor an e-mail address, such
// as a short code, cannot be added and is refused.
func Add(text, region string) (Args, error) { return read(text, region, adding()) }

func read(text, region string, w words) (Args, error) {
	args, err := readArgs(text, region, w)
	if err != nil {
		err.Usage = usage(w)
		return Args{}, err
	}
	return args, nil
}

func readArgs(text, region string, w words) (Args, *UsageError) {
	if err := RefuseLong(text); err != nil {
		return Args{}, err
	}
	text, tail, refused := cutTail(StripPairs(Clean(text)))
	if refused != nil {
		return Args{}, refused
	}
	first, rest := cutWord(text)
	switch {
	case StripPairs(first) == "":
		return Args{}, usageError(usageNoArguments, "",
			"The chat and the person are missing. Give the chat id, then the phone number or e-mail address of the person %s.", w.to)
	case isHelp(first):
		return Args{}, usageError(UsageHelp, "",
			"This "+w.does+" a Linq group chat. Give the chat id, then the phone number or e-mail address of the person; "+
				"put commas between several people.")
	}
	chat, err := linq.ParseChatID(StripPairs(first))
	if err != nil {
		return Args{}, refuseChat(first, text, region, tail, w)
	}
	if rest == "" {
		return Args{}, usageError(usageMissingHandle, "",
			"The person is missing. After the chat id, give the phone number or e-mail address of the person %s.", w.to)
	}
	handles, refused := readList(rest, region, w.read)
	if refused != nil {
		return Args{}, refused
	}
	return Args{Chat: chat, Handles: handles, Tail: tail}, nil
}

// TypedList is a chat and more people than a command carries out at once.
type TypedList struct {
	Chat   linq.ChatID
	People string // not read yet
	Tail
}

// RemoveList recognises a chat id that is followed by more handles than a command takes, or by that many lines.
func RemoveList(text string) (TypedList, bool) {
	if RefuseLong(text) != nil {
		return TypedList{}, false
	}
	cleaned := StripPairs(Clean(text))
	if len(Split(cleaned)) <= MostHandles { // as mostly: the tail need not be looked for
		return TypedList{}, false
	}
	text, tail, refused := cutTail(cleaned)
	if refused != nil { // as [Remove] says
		return TypedList{}, false
	}
	first, rest := cutWord(text)
	chat, err := linq.ParseChatID(StripPairs(first))
	if err != nil || len(Split(rest)) <= MostHandles {
		return TypedList{}, false
	}
	return TypedList{Chat: chat, People: rest, Tail: tail}, true
}

// AsksForHelp tells whether the text after a command is the wish for help alone.
func AsksForHelp(text string) bool {
	if RefuseLong(text) != nil {
		return false
	}
	first, rest := cutWord(Clean(text))
	return rest == "" && isHelp(first)
}

func isHelp(word string) bool {
	return slices.Contains([]string{"help", "?", "-h", "-help", "--help"}, strings.ToLower(StripPairs(word)))
}

// readHandles reads a list that may be something else than handles.
func readHandles(list, region string) ([]ParsedHandle, *UsageError) {
	return readList(list, region, readHandle)
}

// readList reads a list. A person who is named twice is taken once.
func readList(list, region string, read func(text, region string) (ParsedHandle, *UsageError)) ([]ParsedHandle, *UsageError) {
	items := Split(StripPairs(list))
	if len(items) == 0 {
		items = []string{""}
	}
	var handles []ParsedHandle
	for _, item := range items {
		u, err := read(item, region)
		if err != nil {
			return nil, err
		}
		if !namesAlready(handles, u) {
			handles = append(handles, u)
		}
	}
	if len(handles) > MostHandles {
		return nil, usageError(usageTooManyHandles, "",
			"That is %s people, and one command takes at most %s. Split them over several commands.", len(handles), MostHandles)
	}
	return handles, nil
}

func namesAlready(handles []ParsedHandle, u ParsedHandle) bool {
	for _, other := range handles {
		if other.Handle.Is(u.Handle) {
			return true
		}
	}
	return false
}

// Split splits a list at commas, semicolons and new lines, and leaves out what is empty. The
// semicolon of "tel:+1…;ext=5" and the comma of `"Doe, Jane" <jane@example.com>` do not separate.
func Split(list string) []string {
	var items []string
	start := 0
	cut := func(end int) {
		if item := strings.TrimSpace(list[start:end]); item != "" {
			items = append(items, item)
		}
		start = end + 1
	}
	for i := 0; i < len(list); i++ {
		switch list[i] {
		case ',', '\n':
			cut(i)
		case ';':
			if !startsParameter(list[i+1:]) {
				cut(i)
			}
		case '"':
			i += lengthOfName(list[i:])
		}
	}
	cut(len(list))
	return items
}

// startsParameter reports whether text goes on a tel: URI, after its semicolon.
func startsParameter(text string) bool {
	const longestName = 32 // with spaces; a look at all that follows would cost much at the many semicolons of a long list
	name, _, ok := strings.Cut(text[:min(len(text), longestName)], "=")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "ext", "isub", "phone-context":
		return ok
	}
	return false
}

// lengthOfName returns how far the name in front of <address> reaches, 0 if text, which starts with
// a quote, starts no such name.
func lengthOfName(text string) int {
	end := strings.IndexAny(text[1:], "\"\n") + 1
	if end == 0 || text[end] != '"' || !strings.HasPrefix(strings.TrimLeft(text[end+1:], " \n"), "<") {
		return 0
	}
	return end
}

// cutWord cuts text at its first space or new line.
func cutWord(text string) (first, rest string) {
	end := strings.IndexAny(text, " \n")
	if end < 0 {
		return text, ""
	}
	return text[:end], strings.TrimSpace(text[end:])
}
