package parse

import (
	"net/url"
	"regexp"
	"strings"

	"linqbot/commands/richtext"
)

var (
	slackForm    = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)
	slackMember  = regexp.MustCompile(`^@([UW][A-Z0-9]+)$`)
	slackChannel = regexp.MustCompile(`^#([CDG][A-Z0-9]+)$`)
)

// unwrapSlackForms replaces <tel:…|label>, <mailto:…|label> and <https://…|label> by what a person
// typed to get them. Mentions lose their label and stay, to be named by [mentioned]; any other pair
// of angle brackets stays too.
func unwrapSlackForms(text string) string {
	if !strings.Contains(text, "<") {
		return text
	}
	return slackForm.ReplaceAllStringFunc(text, func(form string) string {
		parts := slackForm.FindStringSubmatch(form)
		target, label := parts[1], parts[2]
		if isMention(target) {
			return "<" + target + ">"
		}
		scheme, rest := cutScheme(target)
		switch scheme {
		case "tel", "sms":
			return unwrapNumber(rest, label)
		case "mailto":
			if strings.Contains(label, "@") {
				return label
			}
			return rest
		case "http", "https":
			if label != "" && strings.Contains(rest, label) { // a domain, linked as it was typed
				return label
			}
			return strings.TrimSuffix(rest, "/")
		}
		return form
	})
}

// unwrapNumber prefers a link's target, which has the country code more often than its label. It
// takes the label if that has other digits: then the label is what the person saw and meant.
func unwrapNumber(target, label string) string {
	seen := DigitsOf(label)
	if strings.HasSuffix(DigitsOf(target), seen) {
		return target
	}
	return label
}

// cutScheme takes tel:, sms:, mailto: or http(s):// from the front of text, in any case, and from
// the end what is not part of an address. Without such a scheme rest is text.
func cutScheme(text string) (scheme, rest string) {
	scheme, rest, ok := strings.Cut(text, ":")
	scheme = strings.ToLower(strings.TrimSpace(scheme))
	if !ok {
		return "", text
	}
	switch scheme {
	case "mailto": // RFC 6068, 2: what addresses do not have in a URI is percent-encoded
		rest, _, _ = strings.Cut(rest, "?")
		if decoded, err := url.PathUnescape(rest); err == nil {
			rest = decoded
		}
	case "tel", "sms":
		rest, _, _ = strings.Cut(rest, "?")
	case "http", "https":
	default:
		return "", text
	}
	return scheme, strings.TrimSpace(strings.TrimPrefix(rest, "//"))
}

func isMention(target string) bool {
	return strings.HasPrefix(target, "!") || slackMember.MatchString(target) || slackChannel.MatchString(target)
}

// mentioned says what of Slack's text names, as the beginning of a sentence.
func mentioned(text string) (what richtext.Text, ok bool) {
	form := slackForm.FindStringSubmatch(text)
	if form == nil || form[0] != text {
		return nil, false
	}
	target := form[1]
	if m := slackMember.FindStringSubmatch(target); m != nil {
		return richtext.Say("%s is a member of this Slack workspace", richtext.Member(m[1])), true
	}
	if m := slackChannel.FindStringSubmatch(target); m != nil {
		return richtext.Say("%s is a channel in Slack", richtext.InChannel(m[1])), true
	}
	if strings.HasPrefix(target, "!") {
		return richtext.Say("%s is a group of people in Slack", richtext.Quoted(text)), true
	}
	return nil, false
}

// unknownToLinq goes on from what [mentioned] says.
func unknownToLinq(what richtext.Text) richtext.Text {
	return richtext.Say("%s, and linqbot cannot tell who that is in Linq.", what)
}

// UnknownMention says of the first mention in cleaned text that linqbot cannot tell who that is; nothing if there is none.
func UnknownMention(text string) richtext.Text {
	for _, form := range slackForm.FindAllString(text, -1) {
		if what, ok := mentioned(form); ok {
			return unknownToLinq(what)
		}
	}
	return nil
}

// DigitsOf returns the ASCII digits of text.
func DigitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
