package parse

import (
	"strings"

	"linqbot/commands/richtext"
)

// OffboardArgs is whom a person named who is to leave every group chat.
type OffboardArgs struct {
	Handles []ParsedHandle // at least one, each once
	Tail
}

// Offboard reads the text after /linq-offboard: one or more handles separated by commas, semicolons or new lines, and
// perhaps a [Tail]. What cannot be understood is refused whole, with a [*UsageError] that names the part.
func Offboard(text, region string) (OffboardArgs, error) {
	args, err := parseOffboard(text, region)
	if err != nil {
		err.Usage = OffboardUsage()
		return OffboardArgs{}, err
	}
	return args, nil
}

func parseOffboard(text, region string) (OffboardArgs, *UsageError) {
	if err := RefuseLong(text); err != nil {
		return OffboardArgs{}, err
	}
	text, tail, refused := cutTail(StripPairs(Clean(text)))
	if refused != nil {
		return OffboardArgs{}, refused
	}
	first, _ := cutWord(text)
	switch {
	case text == "", strings.EqualFold(strings.TrimRight(first, ":"), becauseWord):
		return OffboardArgs{}, usageError(usageNoArguments, "",
			"The person is missing. Give the phone number or e-mail address of the person to take out of every group chat.")
	case AsksForHelp(text):
		return OffboardArgs{}, usageError(UsageHelp, "",
			"This takes a person out of every Linq group chat. Give their phone number or e-mail address; if they have several, put commas between them.")
	}
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, ",;")
		if id, _ := spelledUUID(word); id != "" {
			return OffboardArgs{}, usageError(usageNotAHandle, word,
				"%s is a chat id, and this takes people out of every chat: give their phone numbers or e-mail addresses alone. To remove somebody from one chat, use %s.",
				richtext.Quoted(word), richtext.ID("/linq-remove"))
		}
	}
	handles, err := readList(text, region, readListed)
	if err != nil {
		return OffboardArgs{}, err
	}
	return OffboardArgs{Handles: handles, Tail: tail}, nil
}

// OffboardList recognises more handles than /linq-offboard takes, in the text after it. Its chat is the zero value.
func OffboardList(text string) (TypedList, bool) {
	if RefuseLong(text) != nil {
		return TypedList{}, false
	}
	text, tail, refused := cutTail(StripPairs(Clean(text)))
	if refused != nil || len(Split(text)) <= MostHandles {
		return TypedList{}, false
	}
	return TypedList{People: text, Tail: tail}, true
}

// OffboardUsage returns how /linq-offboard is written, with an example.
func OffboardUsage() richtext.Text {
	return richtext.Say("Usage: %s, for example %s.",
		richtext.ID("/linq-offboard <handle>[, <handle>…]"), richtext.ID("/linq-offboard "+ExampleNumber+", ada@example.com"))
}
