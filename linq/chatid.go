package linq

import (
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
)

// ChatID names a chat at Linq. The only way to make one is [ParseChatID], so whatever holds a
// ChatID holds a canonical lower-case UUID: one path segment, with nothing in it to escape. The
// zero value names no chat and is refused by every call of [Client].
type ChatID struct {
	canonical string
}

// ChatIDError says why a text is not a chat id.
type ChatIDError struct {
	Text   string // what was given, as it was given
	Reason string // what is wrong with it, as the end of a sentence: "it has 35 characters, not 36"
}

func (e *ChatIDError) Error() string { return "not a chat id: " + e.Reason }

const canonicalUUIDLength = 36

// ParseChatID takes a UUID in its canonical form, 8-4-4-4-12 hexadecimal digits, in either case.
// The other spellings of a UUID (braces, urn:uuid:, no hyphens) are refused with a [*ChatIDError],
// because a chat id copied from anywhere that Linq shows one has the canonical form.
func ParseChatID(text string) (ChatID, error) {
	if length := utf8.RuneCountInString(text); length != canonicalUUIDLength {
		return ChatID{}, &ChatIDError{Text: text, Reason: fmt.Sprintf("it has %d characters, not %d", length, canonicalUUIDLength)}
	}
	id, err := uuid.Parse(text)
	if err != nil || len(text) != canonicalUUIDLength {
		return ChatID{}, &ChatIDError{Text: text, Reason: "it is not made of hexadecimal digits in groups of 8-4-4-4-12"}
	}
	return ChatID{canonical: id.String()}, nil
}

// String returns the canonical lower-case form, or "" for the zero value.
func (id ChatID) String() string { return id.canonical }

// IsZero reports whether id names no chat.
func (id ChatID) IsZero() bool { return id.canonical == "" }

// MarshalText implements [encoding.TextMarshaler].
func (id ChatID) MarshalText() ([]byte, error) { return []byte(id.canonical), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]; it takes what [ParseChatID] takes.
func (id *ChatID) UnmarshalText(text []byte) error {
	parsed, err := ParseChatID(string(text))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}
