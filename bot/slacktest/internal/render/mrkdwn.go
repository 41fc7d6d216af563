// Package render writes messages as people see them, in plain text. It knows blocks and Slack's
// mark-up, and asks for the names of people, channels and groups. Begin with [Blocks].
package render

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Names tells what people see for the ids in mark-up.
type Names interface {
	UserName(id string) string
	ChannelName(id string) string
	GroupHandle(id string) string
}

type renderer struct{ Names }

// Mrkdwn is a text in Slack's mark-up as people see it.
func Mrkdwn(names Names, text string) string { return renderer{names}.mrkdwn(text) }

// mrkdwn is a text in Slack's mark-up as people see it, without colour or weight: names for ids,
// labels for links, entities as the characters they stand for, emphasis without its marks
// (messaging/formatting-message-text).
func (r renderer) mrkdwn(text string) string {
	// What is inside <…> or `…` is no mark-up, so it steps aside while the marks are taken away.
	var aside []string
	keep := func(s string) string {
		aside = append(aside, s)
		return string(asideFirst + rune(len(aside)-1))
	}
	text = angle.ReplaceAllStringFunc(text, func(s string) string { return keep(r.reference(s[1 : len(s)-1])) })
	text = code.ReplaceAllStringFunc(text, func(s string) string { return keep(unescape(strings.Trim(s, "`"))) })
	for _, mark := range []rune{'*', '_', '~'} {
		text = withoutMark(text, mark)
	}
	text = unescape(text)
	for i, a := range slices.Backward(aside) { // the last may hold the first
		text = strings.ReplaceAll(text, string(asideFirst+rune(i)), a)
	}
	return text
}

// asideFirst begins the private characters that stand for what stepped aside.
const asideFirst = '\U000F0000'

// Patterns that never change.
var (
	angle = regexp.MustCompile(`<[^<>\s][^<>\n]*>`)
	code  = regexp.MustCompile("```[^`]+```|`[^`\n]+`")
)

// reference is what people see for the inside of <…>. Of people and channels Slack shows the name
// they have, whatever the label says.
func (r renderer) reference(inside string) string {
	target, label, _ := strings.Cut(inside, "|")
	label = unescape(label)
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + r.UserName(target[1:])
	case strings.HasPrefix(target, "#"):
		return "#" + r.ChannelName(target[1:])
	case strings.HasPrefix(target, "!subteam^"):
		return "@" + r.GroupHandle(strings.TrimPrefix(target, "!subteam^"))
	case strings.HasPrefix(target, "!date^"):
		return label
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	}
	return cmp.Or(label, unescape(target))
}

// unescape turns the only three entities Slack knows into what they stand for.
func unescape(text string) string {
	for _, entity := range []struct{ written, meant string }{{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}} { // & comes last
		text = strings.ReplaceAll(text, entity.written, entity.meant)
	}
	return text
}

// withoutMark removes pairs of a mark that stand around words: *so*, but not 2*3*4.
func withoutMark(text string, mark rune) string {
	runes := []rune(text)
	var out []rune
	for i := 0; i < len(runes); i++ {
		end := -1
		if runes[i] == mark && (i == 0 || !isWord(runes[i-1])) {
			end = closing(runes, i, mark)
		}
		if end < 0 {
			out = append(out, runes[i])
			continue
		}
		out = append(out, runes[i+1:end]...)
		i = end
	}
	return string(out)
}

// closing finds the mark that ends what the one at start begins, or returns -1.
func closing(runes []rune, start int, mark rune) int {
	for i := start + 1; i < len(runes) && runes[i] != '\n'; i++ {
		if runes[i] != mark {
			continue
		}
		empty := i == start+1 || unicode.IsSpace(runes[start+1]) || unicode.IsSpace(runes[i-1])
		if empty || (i+1 < len(runes) && isWord(runes[i+1])) {
			return -1
		}
		return i
	}
	return -1
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
