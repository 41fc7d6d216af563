package bot

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"linqbot/commands"
)

// message is a text and its blocks, in the shape that Slack's methods and webhooks share.
type message struct {
	Text   string        `json:"text"`
	Blocks []slack.Block `json:"blocks,omitempty"`
}

// Limits of Slack. Source: https://docs.slack.dev/reference/block-kit/blocks
const (
	longestSection = 3000
	longestText    = 4000
	mostBlocks     = 50
)

// renderer turns texts into Slack's mrkdwn. What people and Linq wrote comes in parts of its own and
// leaves escaped: it cannot ping, link or format.
type renderer struct {
	workspace string // https://acme.slack.com; "" while it is not known
}

func (r renderer) mrkdwn(t commands.Text) string {
	var b strings.Builder
	for _, span := range t {
		switch span.Kind {
		case commands.Strong:
			b.WriteString("*" + plainly(span.Value) + "*")
		case commands.Code:
			b.WriteString("`" + escape(strings.NewReplacer("`", "ˋ", "\n", " ").Replace(span.Value)) + "`")
		case commands.Person:
			b.WriteString(mention("@", span.Value))
		case commands.Channel:
			b.WriteString(mention("#", span.Value))
		case commands.Posted:
			b.WriteString(r.permalink(span))
		case commands.Time:
			fallback := span.At.UTC().Format("2006-01-02 15:04:05 UTC")
			fmt.Fprintf(&b, "<!date^%d^{date_short_pretty} {time_secs}|%s>", span.At.Unix(), fallback)
		default:
			b.WriteString(escape(span.Value))
		}
	}
	return b.String()
}

// permalink leads to a message, or at least to its channel.
func (r renderer) permalink(span commands.Span) string {
	if r.workspace == "" || !isID(span.ChannelID) {
		return plainly(span.Value) + " in " + mention("#", span.ChannelID)
	}
	url := fmt.Sprintf("%s/archives/%s/p%s", r.workspace, span.ChannelID, strings.ReplaceAll(span.TS, ".", ""))
	return "<" + escape(url) + "|" + plainly(span.Value) + ">"
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
	return regexp.MustCompile(`^[A-Z][A-Z0-9]{1,30}$`).MatchString(id)
}

// plainly takes from a name what would end its emphasis or begin another: mrkdwn has no escape for
// it. The signs that take their place look the same.
func plainly(name string) string {
	name = strings.Map(func(c rune) rune {
		switch {
		case c == '*':
			return '∗'
		case c == '_':
			return 'ˍ'
		case c == '~':
			return '∼'
		case c == '`':
			return 'ˋ'
		case unicode.IsControl(c):
			return ' '
		case unicode.Is(unicode.Cf, c): // bidi marks and the like would reorder the sentence
			return -1
		}
		return c
	}, name)
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
func (r renderer) section(t commands.Text) slack.Block {
	text := cut(r.mrkdwn(t), longestSection)
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, true), nil, nil)
}

func (r renderer) contextLine(parts ...commands.Text) slack.Block {
	elements := make([]slack.MixedElement, len(parts))
	for i, part := range parts {
		elements[i] = slack.NewTextBlockObject(slack.MarkdownType, cut(r.mrkdwn(part), longestSection), false, true)
	}
	return slack.NewContextBlock("", elements...)
}

// answer renders what one person reads at once.
func (r renderer) answer(a commands.Answer) message {
	var m message
	var paragraphs []string
	for _, text := range a {
		if len(text) == 0 {
			continue
		}
		paragraphs = append(paragraphs, r.mrkdwn(text))
		if len(m.Blocks) < mostBlocks {
			m.Blocks = append(m.Blocks, r.section(text))
		}
	}
	m.Text = cut(strings.Join(paragraphs, "\n"), longestText)
	return m
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
