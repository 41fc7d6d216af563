package handle

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// sameMailbox compares two addresses of which one has an international domain, as in "xn--bcher-kva.example".
func sameMailbox(a, b string) bool {
	if !isInternational(a) && !isInternational(b) {
		return false
	}
	local, domain, ok := cutEmail(a)
	otherLocal, otherDomain, otherOK := cutEmail(b)
	return ok && otherOK && strings.EqualFold(local, otherLocal) && asciiDomain(domain) == asciiDomain(otherDomain)
}

func isInternational(address string) bool {
	const prefix = "xn--"
	for i := range len(address) {
		if address[i] >= utf8.RuneSelf || len(address)-i >= len(prefix) && strings.EqualFold(address[i:i+len(prefix)], prefix) {
			return true
		}
	}
	return false
}

// asciiDomain returns the domain as name servers know it, and anything else in lower case.
func asciiDomain(domain string) string {
	const longest = 253 // bytes of a domain; converting a longer text is expensive
	domain = strings.ToLower(domain)
	if len(domain) > longest {
		return domain
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		return ascii
	}
	return domain
}

// otherDomains returns an address with an international domain in its other spelling.
func otherDomains(h Handle) []Handle {
	local, domain, ok := cutEmail(h.Full())
	if !ok || !isInternational(domain) {
		return nil
	}
	ascii := asciiDomain(domain)
	if !strings.EqualFold(ascii, domain) {
		return []Handle{New(local + "@" + ascii)}
	}
	if display, err := idna.Lookup.ToUnicode(ascii); err == nil {
		return []Handle{New(local + "@" + display)}
	}
	return nil
}
