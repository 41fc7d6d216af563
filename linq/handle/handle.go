package handle

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
	"unique"

	"github.com/nyaruka/phonenumbers"
)

// Handle is how Linq addresses a person: a phone number in E.164 or an e-mail address. It masks
// itself wherever it is printed, logged or put into JSON; [Handle.Full] is the one way to the whole
// value. Compare handles with [Handle.Is].
type Handle struct {
	// fmt cannot call methods on unexported fields, so a struct that keeps a Handle in one would
	// print a plain string. Of this function it prints an address.
	full unique.Handle[string]
}

// New takes the handle as Linq spells it. It checks nothing: what a person typed is understood
// by commands/parse, and what Linq sends is taken as it is.
func New(full string) Handle {
	if full == "" {
		return Handle{}
	}
	return Handle{full: unique.Make(full)}
}

// Full returns the whole handle. Ask for it only where the value itself is due: in a request to
// Linq, in the ledger, in a private answer.
func (h Handle) Full() string {
	if h.IsZero() {
		return ""
	}
	return h.full.Value()
}

// IsZero reports whether there is no handle.
func (h Handle) IsZero() bool { return h == Handle{} }

// IsEmail reports whether the handle is an e-mail address.
func (h Handle) IsEmail() bool { return strings.Contains(h.Full(), "@") }

// Is reports whether both name the same address, without regard to case, and to whether an
// international domain is written in Unicode or in ASCII.
func (h Handle) Is(other Handle) bool {
	full, others := h.Full(), other.Full()
	return strings.EqualFold(full, others) || sameMailbox(full, others)
}

const masked = "•••"

// String returns the masked form. A number keeps its country code and last four digits ("+1 ••• ••• 0132"), an
// e-mail address its first letter and domain ("a•••@example.com"), and anything else nothing.
func (h Handle) String() string {
	full := h.Full()
	if local, domain, ok := cutEmail(full); ok {
		return maskEmail(local, domain)
	}
	number, err := phonenumbers.Parse(full, "")
	if err != nil {
		return masked
	}
	digits := strconv.FormatUint(number.GetNationalNumber(), 10)
	if len(digits) <= shownDigits || strings.ContainsFunc(full, unicode.IsLetter) {
		return masked
	}
	return "+" + strconv.Itoa(int(number.GetCountryCode())) + " " + masked + " " + masked + " " + digits[len(digits)-shownDigits:]
}

// shownDigits is how many digits at the end of a number stay readable.
const shownDigits = 4

// cutEmail cuts an address at its last @, in whatever width that is written.
func cutEmail(address string) (local, domain string, ok bool) {
	at := strings.LastIndexAny(address, atSigns)
	if at < 0 {
		return "", "", false
	}
	_, size := utf8.DecodeRuneInString(address[at:])
	return address[:at], address[at+size:], true
}

func maskEmail(local, domain string) string {
	first, size := utf8.DecodeRuneInString(local)
	if size == 0 || domain == "" {
		return masked
	}
	return string(first) + masked + "@" + maskNumbers(domain)
}

// Format writes the masked form whatever the verb, for fmt would print the fields of a struct under
// a verb like %d.
func (h Handle) Format(to fmt.State, verb rune) {
	text := h.String()
	switch {
	case verb == 'q':
		text = strconv.Quote(text)
	case verb == 'v' && to.Flag('#'):
		text = "handle.Handle(" + text + ")"
	}
	_, _ = io.WriteString(to, text)
}

// MarshalText writes the masked form, so that JSON and logs carry no one's number.
func (h Handle) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText takes the whole handle, as Linq sends it.
func (h *Handle) UnmarshalText(text []byte) error {
	*h = New(strings.TrimSpace(string(text)))
	return nil
}
