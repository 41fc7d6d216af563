package blockkit

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"linqbot/commands/richtext"
)

// Limits of Slack. Source: https://docs.slack.dev/reference/block-kit/blocks
const (
	longestSection = 3000
	longestText    = 4000
	mostBlocks     = 50
	// longestBlocks is for all blocks of a message together, as JSON.
	longestBlocks = 12000 // characters
)

// Renderer turns texts into Slack's mrkdwn. What people and Linq wrote comes in parts of its own and
// leaves escaped: it cannot ping, link or format.
type Renderer struct {
	Workspace string // https://acme.slack.com; "" while it is not known
}

func (r Renderer) mrkdwn(t richtext.Text) string {
	var b strings.Builder
	for _, span := range t {
		switch span.Kind {
		case richtext.Strong:
			b.WriteString("*" + plainly(span.Value) + "*")
		case richtext.Code:
			b.WriteString("`" + escape(strings.ReplaceAll(strings.Map(Visible, span.Value), "`", "ˋ")) + "`")
		case richtext.Person:
			b.WriteString(mention("@", span.Value))
		case richtext.Channel:
			b.WriteString(mention("#", span.Value))
		case richtext.Press: // it has a block of its own
		case richtext.Posted:
			b.WriteString(r.permalink(span))
		case richtext.Time:
			fallback := span.At.UTC().Format("2006-01-02 15:04:05 UTC")
			fmt.Fprintf(&b, "<!date^%d^{date_short_pretty} {time_secs}|%s>", span.At.Unix(), fallback)
		default:
			b.WriteString(wording(span.Value))
		}
	}
	return b.String()
}

// permalink leads to a message, or at least to its channel.
func (r Renderer) permalink(span richtext.Span) string {
	url := r.Permalink(span.ChannelID, span.TS)
	if url == "" {
		return plainly(span.Value) + " in " + mention("#", span.ChannelID)
	}
	return "<" + escape(url) + "|" + plainly(span.Value) + ">"
}

// Permalink is the address of a message; "" while the workspace is not known.
func (r Renderer) Permalink(channelID, ts string) string {
	if r.Workspace == "" || !isID(channelID) {
		return ""
	}
	return fmt.Sprintf("%s/archives/%s/p%s", r.Workspace, channelID, strings.ReplaceAll(ts, ".", ""))
}

func escape(s string) string { return slackutilsx.EscapeMessage(s) }

// mention is a live reference to a member or a channel, if id is one.
func mention(sign, id string) string {
	if !isID(id) {
		return escape(id)
	}
	return "<" + sign + id + ">"
}

func isID(id string) bool {
	const longest = 31
	if len(id) < 2 || len(id) > longest || id[0] < 'A' {
		return false
	}
	return strings.IndexFunc(id, func(c rune) bool { return (c < 'A' || c > 'Z') && (c < '0' || c > '9') }) < 0
}

// Visible keeps a text on one line and in its order.
func Visible(c rune) rune {
	switch {
	case c >= ' ' && c <= '~':
		return c
	case unicode.IsControl(c), unicode.In(c, unicode.Zl, unicode.Zp):
		return ' '
	case unicode.Is(unicode.Cf, c): // bidi marks and the like would reorder the sentence
		return -1
	}
	return c
}

// unmarked turns what mrkdwn takes for a mark into a sign that looks the same: it has no escape.
func unmarked(c rune) rune {
	switch c {
	case '*':
		return '∗'
	case '_':
		return 'ˍ'
	case '~':
		return '∼'
	case '`':
		return 'ˋ'
	}
	return c
}

// wording is for words, which at times hold a handle or what Linq said. A mark between letters
// formats nothing and stays, since an address is to be copied as it is.
func wording(words string) string {
	if !strings.ContainsFunc(words, func(c rune) bool { return c != unmarked(c) || c != Visible(c) }) {
		return escape(words) // as with most sentences
	}
	runes := []rune(words)
	isWord := func(i int) bool {
		return i >= 0 && i < len(runes) && (unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]))
	}
	var b strings.Builder
	b.Grow(len(words))
	for i, c := range runes {
		if c == '`' || !isWord(i-1) || !isWord(i+1) {
			c = unmarked(c)
		}
		if c = Visible(c); c >= 0 {
			b.WriteRune(c)
		}
	}
	return escape(b.String())
}

// plainly takes from a name what would end its emphasis or begin another.
func plainly(name string) string {
	name = strings.Map(unmarked, strings.Map(Visible, name))
	const longest = 200
	if runes := []rune(name); len(runes) > longest {
		name = string(runes[:longest]) + "…"
	}
	if name = strings.TrimSpace(name); name == "" {
		name = "(no name)"
	}
	return escape(name)
}

// section shows a text as it stands: verbatim keeps Slack from making links of what looks like one.
func (r Renderer) section(t richtext.Text) slack.Block { return sectionOf(r.mrkdwn(t)) }

func sectionOf(mrkdwn string) slack.Block {
	text := slack.NewTextBlockObject(slack.MarkdownType, cut(mrkdwn, longestSection), false, true)
	return slack.NewSectionBlock(text, nil, nil)
}

func (r Renderer) contextLine(parts ...richtext.Text) slack.Block {
	elements := make([]slack.MixedElement, len(parts))
	for i, part := range parts {
		elements[i] = slack.NewTextBlockObject(slack.MarkdownType, cut(r.mrkdwn(part), longestSection), false, true)
	}
	return slack.NewContextBlock("", elements...)
}

// Answer renders what one person reads at once.
func (r Renderer) Answer(a richtext.Answer) Message {
	var m Message
	var paragraphs []string
	for _, text := range a {
		if len(text) == 0 {
			continue
		}
		if words := r.mrkdwn(text); words != "" {
			paragraphs = append(paragraphs, words)
			if section := sectionOf(words); m.fits(section) {
				m.Blocks = append(m.Blocks, section)
			}
		}
		if pressed := pressIn(text); len(pressed) > 0 && m.fits(buttons(pressed...)) {
			m.Blocks = append(m.Blocks, buttons(pressed...))
		}
	}
	m.Text = cut(strings.Join(paragraphs, "\n"), longestText)
	return m
}

func pressIn(text richtext.Text) []richtext.Span {
	var found []richtext.Span
	for _, span := range text {
		if span.Kind == richtext.Press {
			found = append(found, span)
		}
	}
	return found
}

// buttons shows buttons side by side.
func buttons(spans ...richtext.Span) slack.Block {
	elements := make([]slack.BlockElement, len(spans))
	for i, span := range spans {
		elements[i] = button(span)
	}
	return slack.NewActionBlock("", elements...)
}

func button(span richtext.Span) *slack.ButtonBlockElement {
	button := slack.NewButtonBlockElement(span.Action, span.Subject, plain(span.Value))
	if span.Danger {
		button.Style = slack.StyleDanger
	}
	return button
}

// cut shortens mrkdwn to a number of bytes, at a place where it breaks nothing.
func cut(text string, longest int) string {
	if len(text) <= longest {
		return text
	}
	const mark = "…"
	text = strings.ToValidUTF8(text[:longest-len(mark)], "")
	if open := strings.LastIndexByte(text, '<'); open > strings.LastIndexByte(text, '>') {
		text = text[:open]
	}
	if entity := strings.LastIndexByte(text, '&'); entity > strings.LastIndexByte(text, ';') {
		text = text[:entity]
	}
	return text + mark
}
