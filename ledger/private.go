package ledger

import "database/sql"

// Private is text that must not be printed: a handle, a URL that is a capability. It prints as
// nothing but a mark; [Private.Reveal] gives the text, which is what to compare.
type Private struct { //nolint:recvcheck // Scan fills the value, the others only read it
	// fmt calls no methods on unexported fields, and would print a plain string in one. Of this it
	// prints an address.
	text *string
}

// Conceal makes a [Private] of text.
func Conceal(text string) Private {
	if text == "" {
		return Private{}
	}
	return Private{text: &text}
}

// Reveal returns the text.
func (p Private) Reveal() string {
	if p.text == nil {
		return ""
	}
	return *p.text
}

// String returns a mark that says only whether there is a text.
func (p Private) String() string {
	if p.Reveal() == "" {
		return ""
	}
	return "[private]"
}

// GoString keeps the text out of %#v.
func (p Private) GoString() string { return p.String() }

// MarshalText keeps the text out of JSON and logs.
func (p Private) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Scan implements [sql.Scanner].
func (p *Private) Scan(column any) error {
	var text sql.NullString
	if err := text.Scan(column); err != nil {
		return err
	}
	*p = Conceal(text.String)
	return nil
}
