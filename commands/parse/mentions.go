package parse

import (
	"iter"
	"net/netip"
	"regexp"
	"strings"

	"linqbot/linq"
	"linqbot/linq/handle"
)

var (
	uuidInText = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

	// Links to a chat with a number, which is written with its country code and often without a plus. Source:
	// https://faq.whatsapp.com/5913398998672934
	chatLinks = regexp.MustCompile(`(?i)(?:\b(?:wa\.me/|signal\.me/#p/|viber://chat\?number=|imessage://)|[?&]phone=|\bphone=)(?:\+|%2B)?([1-9]\d{6,14})\b`)
	// Slack's italics, which stand around a number as part of a name would.
	italics = regexp.MustCompile(`(^|[^\pL\pN_])_([^_\n]+)_($|[^\pL\pN_])`)

	// What holds digits that are nobody's number. Slack has marked its own forms and the web's as such.
	otherForms = regexp.MustCompile(`(?i)<(?:https?://|[@#!])[^<>]*>|\bhttps?://\S+`)
	clockTimes = regexp.MustCompile(`\b\d{1,2}:\d{2}(?::\d{2})?\b`)
	dates      = regexp.MustCompile(`(^|[^\d./+-])(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|` +
		`(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d)(\.?(?:[^\d./-]|$))`)

	// Two searches, because one for both would, after each number, read on to the end of the word for an @.
	addressesInText = regexp.MustCompile(`[\pL\pN][\pL\pM\pN.!#$%&'+=^_{}~-]*@(?:[\pL\pM\pN-]+\.)+[\pL\pM\pN-]+`)
	numbersInText   = regexp.MustCompile(`\+?\(?\d[\d ().\-/]{5,}\d`)

	// What stands right before and after a number that is something else: a price, an order, part of a word.
	notBefore = regexp.MustCompile(`(?i)(?:[\pL\pN_#$€£¥@^=%/.+-]|(?:[$€£¥#]|\b(?:usd|eur|gbp|chf|order|invoice|ticket|case|ref|reference|tracking|account|sku|po)` +
		`(?: (?:no|nr|number|id))?\b[.:]?) ?)$`)
	notAfter  = regexp.MustCompile(`(?i)^(?:[\pL\pN_@%]| ?(?:[$€£¥]|(?:usd|eur|gbp|chf)\b)|[.,]\d)`)
	fourPairs = regexp.MustCompile(`^\d\d(?:\.\d\d){3}$`) // an address of a computer, but more likely a Danish number
	thousands = regexp.MustCompile(`^[1-9]\d{0,2}(?:\.\d{3})+$`)
)

// What Mentions reads of a message. It takes time in proportion to a message's length up to these.
const (
	longestMessage = 40000 // characters, as many as Slack keeps of one; of a longer text the lines within are read
	mostReadings   = 1000  // times that something is tried as a handle, most of which ask libphonenumber
	mostMentions   = 100   // people, as many as a list to pick from shows
)

// Mentions looks through a message for a chat id and for handles, as people write them among other words. region is
// for numbers without a country code. What it finds is a proposal that a person sees before anything is done, so it
// need not be complete. It reads 40,000 characters of a message and the first thousand texts that look like a
// handle, and finds 100 people at most.
func Mentions(message, region string) (chat string, people []handle.Handle) {
	message = linesWithin(message, longestMessage)
	for _, found := range uuidInText.FindAllString(Clean(message), -1) {
		if id, err := linq.ParseChatID(found); err == nil {
			chat = id.String()
			break
		}
	}
	text := Clean(otherForms.ReplaceAllString(message, "\n"))
	for range 2 { // what ends one may begin the next
		text = italics.ReplaceAllString(text, "$1 $2 $3")
	}
	for _, link := range chatLinks.FindAllStringSubmatch(message, mostMentions) {
		text += "\n+" + link[1]
	}
	for _, other := range []*regexp.Regexp{uuidInText, clockTimes} {
		text = other.ReplaceAllString(text, "\n")
	}
	for range 2 { // the end of one date may be the start of the next
		text = dates.ReplaceAllString(text, "$1\n$2")
	}
	var found []ParsedHandle
	seen, readings := map[string]bool{}, mostReadings
	for candidate := range candidatesIn(text) {
		if readings == 0 || len(found) >= mostMentions {
			break
		}
		if seen[candidate] {
			continue
		}
		seen[candidate] = true
		for _, parsed := range readCandidate(candidate, region, &readings) {
			if !namesAlready(found, parsed) {
				found = append(found, parsed)
				people = append(people, parsed.Handle)
			}
		}
	}
	return chat, people
}

// linesWithin returns the lines of text that end within its first characters. A line that is cut in
// the middle could end in a number that is another one's beginning.
func linesWithin(text string, characters int) string {
	for i := range text {
		if characters == 0 {
			return text[:strings.LastIndexByte(text[:i], '\n')+1]
		}
		characters--
	}
	return text
}

// candidatesIn goes through what may be handles, in their order.
func candidatesIn(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start := 0
		for _, address := range append(addressesInText.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
			for _, number := range numbersInText.FindAllStringIndex(text[start:address[0]], -1) {
				from, to := start+number[0], start+number[1]
				if !isOtherNumber(text[:from], text[from:to], text[to:]) && !yield(text[from:to]) {
					return
				}
			}
			if address[0] < len(text) && !yield(text[address[0]:address[1]]) {
				return
			}
			start = address[1]
		}
	}
}

// isOtherNumber reports whether digits look like a price, an order number, an address of a computer.
func isOtherNumber(before, candidate, after string) bool {
	const largePrice, nearby = 8, 32 // bytes, more than what notBefore and notAfter can match
	before, after = before[max(0, len(before)-nearby):], after[:min(len(after), nearby)]
	if address, err := netip.ParseAddr(candidate); err == nil && address.Is4() && !fourPairs.MatchString(candidate) {
		return true
	}
	return notBefore.MatchString(before) || notAfter.MatchString(after) ||
		thousands.MatchString(candidate) && len(DigitsOf(candidate)) <= largePrice
}

// readCandidate reads a handle, or several numbers with nothing but a space or a slash between them.
func readCandidate(candidate, region string, readings *int) []ParsedHandle {
	*readings--
	if understood, err := readOne(bareHandle(candidate), region, removing()); err == nil {
		return []ParsedHandle{understood}
	}
	var all []ParsedHandle
	for _, each := range readEach(strings.ReplaceAll(candidate, "/", " "), region, readings) {
		if parsed, err := Handle(each, region); err == nil {
			all = append(all, parsed)
		}
	}
	return all
}
