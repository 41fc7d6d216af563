// Package slackhtml draws messages, modals and Home tabs as Slack draws them, as HTML. What blocks and mark-up mean is
// read by slackmarkup. Whatever people wrote is escaped first. A block that it does not know is drawn as its JSON, with a
// warning. It knows nothing of who sends what. Begin with [Renderer].
package slackhtml

import (
	"encoding/json"
	"html"
	"html/template"
	"strings"
	"time"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

// Renderer draws for one reader.
type Renderer struct {
	Names slackmarkup.Names
	Now   time.Time // what "today" means, and the time zone of dates

	// Link returns where a link leads, in place of its own address. Optional.
	Link func(url string) string
}

// Message draws a message: its blocks, or its text if it has none.
func (r Renderer) Message(text string, blocks json.RawMessage) template.HTML {
	if len(blocks) == 0 {
		return `<p class="text">` + r.Mrkdwn(text) + `</p>`
	}
	return r.Blocks(blocks, Filled{})
}

// Mrkdwn draws a text in Slack's mark-up.
func (r Renderer) Mrkdwn(text string) template.HTML {
	return template.HTML(r.drawn(r.reader().Mrkdwn(text))) //nolint:gosec // everything that people wrote went through html.EscapeString
}

func (r Renderer) reader() slackmarkup.Reader { return slackmarkup.Reader{Names: r.Names, Now: r.Now} }

func (r Renderer) text(t slackmarkup.TextObject) string { return r.drawn(r.reader().Text(t)) }

func (r Renderer) drawn(runs []slackmarkup.Run) string {
	var b strings.Builder
	r.write(&b, runs)
	return b.String()
}

func escaped(text string) string { return html.EscapeString(text) }

// words are a text without its mark-up, for an attribute.
func words(t slackmarkup.TextObject) string { return escaped(t.Words()) }
