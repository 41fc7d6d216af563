package store

import "database/sql"

// Secret is text that must not be printed, such as a handle or a response URL. It prints as a mark.
// [Secret.Value] returns the text. Compare texts and not secrets.
type Secret struct { //nolint:recvcheck // Scan fills the value, the others only read it
	// A pointer, because fmt calls no methods on unexported fields. It would print a string, and
	// prints only the address of this pointer.
	text *string
}

// NewSecret makes a [Secret] of text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Value returns the text.
func (s Secret) Value() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String returns a mark if there is a text, and "" if there is none.
func (s Secret) String() string {
	if s.Value() == "" {
		return ""
	}
	return "[private]"
}

// GoString keeps the text out of %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps the text out of JSON and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Scan implements [sql.Scanner].
func (s *Secret) Scan(column any) error {
	var text sql.NullString
	if err := text.Scan(column); err != nil {
		return err
	}
	*s = NewSecret(text.String)
	return nil
}
