package handle

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Matches reports whether both name the same address, as [Handle.Is] does, or the same phone number
// however each is written: "+12025550100", "12025550100" and "(202) 555-0100" match. A number without
// a country code is read as one of the other's country, so use this to keep something from happening,
// never to find somebody.
func (h Handle) Matches(other Handle) bool {
	if h.IsZero() || other.IsZero() {
		return false
	}
	if h.Is(other) {
		return true
	}
	if h.IsEmail() || other.IsEmail() {
		return false
	}
	switch phonenumbers.IsNumberMatch(h.Full(), other.Full()) {
	case phonenumbers.EXACT_MATCH, phonenumbers.NSN_MATCH:
		return true
	case phonenumbers.SHORT_NSN_MATCH: // one is the end of the other
		return h.E164() == "" && other.E164() == ""
	default:
		return false
	}
}

// E164 returns a number that is written with its country code in the one form that all its spellings
// share, "+12025550100"; "" for any other handle.
func (h Handle) E164() string {
	full := strings.TrimSpace(h.Full())
	if h.IsEmail() {
		return ""
	}
	number, err := phonenumbers.Parse(full, "") // without a region, it asks for the country code
	if err != nil {
		return ""
	}
	return phonenumbers.Format(number, phonenumbers.E164)
}
