package parse

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"linqbot/commands/richtext"
	"linqbot/linq/handle"
)

// namedAddress is what mail programs copy: Jane Doe <jane@example.com>.
var namedAddress = regexp.MustCompile(`^([^<>]*)<([^<>]+)>$`)

// readEmail reads an address. The domain is lower-cased; the part before the @ is kept as typed,
// though Linq's people are matched without regard to case.
func readEmail(typed string) (ParsedHandle, *UsageError) {
	address := typed
	if m := namedAddress.FindStringSubmatch(typed); m != nil && isDisplayName(m[1]) {
		address = strings.TrimSpace(m[2])
	}
	address = strings.TrimSuffix(address, ".") // the end of a sentence: no domain needs it
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		at = len(address)
	}
	local, domain := address[:at], strings.TrimPrefix(address[at:], "@")
	domain = norm.NFC.String(strings.ToLower(domain))
	address = local + "@" + domain
	if wrong := wrongWithEmail(local, domain); wrong != "" {
		return ParsedHandle{}, usageError(usageEmailMalformed, typed,
			"%s is not a whole e-mail address: %s. Write it like %s.", richtext.Quoted(typed), wrong, richtext.ID("jane@example.com"))
	}
	return ParsedHandle{Handle: handle.New(address), International: address}, nil
}

// isDisplayName reports whether nothing before <address> could be a handle of its own.
func isDisplayName(name string) bool {
	const aNumber = 5
	return !strings.Contains(name, "@") && len(DigitsOf(name)) < aNumber
}

// wrongWithEmail returns the end of a sentence, or "" if nothing is wrong. It is stricter than RFC
// 5322, which allows quoted spaces, comments and hosts by address: nobody is in a chat under those.
func wrongWithEmail(local, domain string) string {
	const longestLocal, longest = 64, 254
	switch {
	case strings.Contains(local, "@"):
		return "it has more than one @"
	case local == "":
		return "nothing stands before the @"
	case domain == "":
		return "nothing stands after the @"
	case strings.ContainsAny(local+domain, " \n"):
		return "there is a space in it"
	case strings.ContainsFunc(local, notInLocalPart):
		return "a character before the @ is not used in addresses"
	case len(local) > longestLocal:
		return "the part before the @ is longer than 64 characters"
	case len(local)+len("@")+len(domain) > longest:
		return "it is longer than 254 characters"
	}
	if wrong := wrongWithDomain(domain); wrong != "" {
		return wrong
	}
	if parsed, err := mail.ParseAddress(local + "@" + domain); err != nil || parsed.Address != local+"@"+domain {
		return "the part before the @ has a dot at its start or end, or two in a row"
	}
	return ""
}

func notInLocalPart(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == '\x7f' || strings.ContainsRune(`"(),:;<>@[\]`, r)
	}
	return r == utf8.RuneError || !unicode.IsPrint(r)
}

// wrongWithDomain accepts international domains as they are written, and asks for a dot: an address
// without one has lost its end.
func wrongWithDomain(domain string) string {
	const longestLabel = 63
	labels := strings.Split(domain, ".")
	if len(labels) == 1 {
		return "the domain after the @ has no dot"
	}
	for _, label := range labels {
		switch {
		case label == "":
			return "the domain after the @ has a dot too many"
		case len(label) > longestLabel:
			return "a part of the domain after the @ is longer than 63 characters"
		case strings.HasPrefix(label, "-"), strings.HasSuffix(label, "-"):
			return "a part of the domain after the @ starts or ends with a hyphen"
		case strings.ContainsFunc(label, notInDomain):
			return "a character after the @ is not used in domains"
		}
	}
	if last := labels[len(labels)-1]; DigitsOf(last) == last {
		return "the domain after the @ ends in a number"
	}
	return ""
}

func notInDomain(r rune) bool {
	return r != '-' && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
}
