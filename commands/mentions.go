package commands

import (
	"net/netip"
	"regexp"
	"strings"

	"linqbot/linq"
)

var (
	uuidInText = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

	// What holds digits that are nobody's number. Slack has marked its own forms and the web's as such.
	otherForms = regexp.MustCompile(`(?i)<(?:https?://|[@#!])[^<>]*>|\bhttps?://\S+`)
	clockTimes = regexp.MustCompile(`\b\d{1,2}:\d{2}(?::\d{2})?\b`)
	dates      = regexp.MustCompile(`(^|[^\d./+-])(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|` +
		`(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d)(\.?(?:[^\d./-]|$))`)

	handlesInText = regexp.MustCompile(`[\pL\pN][\pL\pM\pN.!#$%&'+=^_{}~-]*@(?:[\pL\pM\pN-]+\.)+[\pL\pM\pN-]+|\+?\(?\d[\d ().\-/]{5,}\d`)

	// What stands right before and after a number that is something else: a price, an order, part of a word.
	notBefore = regexp.MustCompile(`(?i)(?:[\pL\pN_#$€£¥@^=%/.+-]|(?:[$€£¥#]|\b(?:usd|eur|gbp|chf|order|invoice|ticket|case|ref|reference|tracking|account|sku|po)` +
		`(?: (?:no|nr|number|id))?\b[.:]?) ?)$`)
	notAfter  = regexp.MustCompile(`(?i)^(?:[\pL\pN_@%]| ?(?:[$€£¥]|(?:usd|eur|gbp|chf)\b)|[.,]\d)`)
	fourPairs = regexp.MustCompile(`^\d\d(?:\.\d\d){3}$`) // an address of a computer, but more likely a Danish number
	thousands = regexp.MustCompile(`^[1-9]\d{0,2}(?:\.\d{3})+$`)
)

// FindMentions looks through a message for a chat id and for handles, as people write them among
// other words. region is for numbers without a country code. What it finds is a proposal that a
// person sees before anything is done.
func FindMentions(message, region string) (chat string, people []linq.Handle) {
	for _, found := range uuidInText.FindAllString(cleanTyped(message), -1) {
		if id, err := linq.ParseChatID(found); err == nil {
			chat = id.String()
			break
		}
	}
	text := cleanTyped(otherForms.ReplaceAllString(message, "\n"))
	for _, other := range []*regexp.Regexp{uuidInText, clockTimes} {
		text = other.ReplaceAllString(text, "\n")
	}
	for range 2 { // the end of one date may be the start of the next
		text = dates.ReplaceAllString(text, "$1\n$2")
	}
	var found []Understood
	for _, at := range handlesInText.FindAllStringIndex(text, -1) {
		candidate := text[at[0]:at[1]]
		if !strings.Contains(candidate, "@") && isOtherNumber(text[:at[0]], candidate, text[at[1]:]) {
			continue
		}
		for _, understood := range readCandidate(candidate, region) {
			if !namesAlready(found, understood) {
				found = append(found, understood)
				people = append(people, understood.Handle)
			}
		}
	}
	return chat, people
}

// isOtherNumber reports whether digits look like a price, an order number, an address of a computer.
func isOtherNumber(before, candidate, after string) bool {
	const largePrice = 8
	if address, err := netip.ParseAddr(candidate); err == nil && address.Is4() && !fourPairs.MatchString(candidate) {
		return true
	}
	return notBefore.MatchString(before) || notAfter.MatchString(after) ||
		thousands.MatchString(candidate) && len(digitsOf(candidate)) <= largePrice
}

// readCandidate reads a handle, or several numbers with nothing but a space or a slash between them.
func readCandidate(candidate, region string) []Understood {
	if understood, err := ParseHandle(candidate, region); err == nil {
		return []Understood{understood}
	}
	var all []Understood
	for _, each := range readEach(strings.ReplaceAll(candidate, "/", " "), region) {
		if understood, err := ParseHandle(each, region); err == nil {
			all = append(all, understood)
		}
	}
	return all
}

// International writes a handle as people do: a number in its international form, an address as it is.
func International(handle linq.Handle) string { return asListed(handle).International }
