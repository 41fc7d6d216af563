package parse

import (
	"errors"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"linqbot/commands/richtext"
	"linqbot/linq"
)

// anyUUID finds a UUID in any spelling with nothing before or after it that could belong to it.
var anyUUID = regexp.MustCompile(`(?i)(?:^|[^0-9a-z-])([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})(?:[^0-9a-z-]|$)`)

// spelledUUID returns the canonical form of the UUID that text is, in whatever spelling, and the
// end of a sentence that says how the spelling differs from the canonical one. canonical is "" if
// text is no UUID.
func spelledUUID(text string) (canonical, how string) {
	m := anyUUID.FindStringSubmatch(text)
	if m == nil {
		return "", ""
	}
	id, err := uuid.Parse(m[1])
	if err != nil {
		return "", "" // hyphens in some places only
	}
	if strings.ContainsAny(text, " \n@") {
		return "", "" // a UUID among other words
	}
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(lower, "urn:uuid:"):
		how = "it begins with urn:uuid:"
	case strings.HasPrefix(text, "{"):
		how = "it is in braces"
	case !strings.Contains(m[1], "-"):
		how = "its hyphens are missing"
	case strings.HasPrefix(lower, id.String()) && len(text) == len(id.String())+1:
		how = "it has a sign at its end"
	default:
		how = "it holds more than the id"
	}
	return id.String(), how
}

const chatFirst = "First comes the id of the chat, whole, as Linq shows it; then the person."

// refuseChat says why the first word of text is no chat id, looking at the rest for what was meant.
func refuseChat(first, text, region string, tail Tail, w words) *UsageError {
	word := StripPairs(first)
	if what, ok := mentioned(word); ok {
		return usageError(UsageChatNotUUID, word,
			"%s, not a chat in Linq. %s", what, chatFirst)
	}
	if canonical, how := spelledUUID(word); canonical != "" {
		return usageError(UsageChatNotUUID, word,
			"%s is not how a chat id is written: %s. Use %s, with a space after it.", richtext.Quoted(word), how, richtext.ID(canonical))
	}
	if err := refuseSwapped(text, region, tail, w); err != nil {
		return err
	}
	if _, err := readHandles(text, region); err == nil || err.Code == usageSeveralWithoutComma {
		return usageError(usageMissingChat, text,
			"The chat is missing; %s is who %s. Put the chat id in front, with a space after it.", richtext.Quoted(text), w.to)
	}
	return usageError(UsageChatNotUUID, word, "%s is not a chat id%s. %s", richtext.Quoted(word), wrongWithChat(word), chatFirst)
}

// refuseSwapped finds a chat id after the first word.
func refuseSwapped(text, region string, tail Tail, w words) *UsageError {
	words := strings.Fields(text)
	for i, word := range words {
		canonical, _ := spelledUUID(StripPairs(word))
		if i == 0 || canonical == "" {
			continue
		}
		others := strings.Join(append(words[:i:i], words[i+1:]...), " ")
		if handles, err := readHandles(others, region); err == nil {
			return usageError(usageLooksSwapped, text, "The chat id comes first, then the person. Send it as %s.",
				richtext.Quoted(w.command+tail.flag()+" "+canonical+" "+privateForms(handles)+tail.reason()))
		}
		return usageError(usageLooksSwapped, text,
			"The chat id %s comes first, and after it nothing but the phone numbers or e-mail addresses of the people %s.", richtext.ID(canonical), w.to)
	}
	return nil
}

func privateForms(handles []ParsedHandle) string {
	var full []string
	for _, u := range handles {
		full = append(full, u.International)
	}
	return strings.Join(full, ", ")
}

// wrongWithChat returns what is wrong with a word that was perhaps meant as a UUID, and nothing for
// a word that was not.
func wrongWithChat(word string) string {
	const hyphensOfUUID, almost = 4, 30
	if strings.Count(word, "-") != hyphensOfUUID && len(word) < almost {
		return ""
	}
	_, err := linq.ParseChatID(word)
	notID := &linq.ChatIDError{}
	if errors.As(err, &notID) {
		return ": " + notID.Reason
	}
	return ""
}

// Chat reads a chat id that stands alone.
func Chat(text string) (linq.ChatID, error) {
	if err := RefuseLong(text); err != nil {
		return linq.ChatID{}, err
	}
	cleaned := StripPairs(Clean(text))
	if cleaned == "" {
		return linq.ChatID{}, usageError(usageMissingChat, "", "The chat is missing. Give its id, whole, as Linq shows it.")
	}
	if id, err := linq.ParseChatID(cleaned); err == nil {
		return id, nil
	}
	if canonical, how := spelledUUID(cleaned); canonical != "" {
		return linq.ChatID{}, usageError(UsageChatNotUUID, cleaned, "%s is not how a chat id is written: %s. Use %s.", richtext.Quoted(cleaned), how, richtext.ID(canonical))
	}
	return linq.ChatID{}, usageError(UsageChatNotUUID, cleaned,
		"%s is not a chat id%s. Give the id of the chat, whole, as Linq shows it.", richtext.Quoted(cleaned), wrongWithChat(cleaned))
}

// OpensForm reports whether the text after /linq-remove leaves something to be picked: the chat and
// the people, or, where it is a chat id alone, the people.
func OpensForm(text string) (chat string, opens bool) {
	if RefuseLong(text) != nil {
		return "", false
	}
	cleaned := Clean(text)
	if cleaned == "" {
		return "", true
	}
	id, err := linq.ParseChatID(StripPairs(cleaned))
	if err != nil {
		return "", false
	}
	return id.String(), true
}
