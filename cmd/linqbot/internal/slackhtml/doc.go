// Package slackhtml draws messages, modals and Home tabs as Slack draws them, as HTML: blocks, their elements, and
// Slack's mark-up. Whatever people wrote is escaped first. A block that it does not know is drawn as its JSON, with a
// warning. It knows nothing of who sends what. Begin with [Renderer].
package slackhtml

import (
	"encoding/json"
	"html"
	"html/template"
	"strings"
	"time"
)

// Names tells what people see for the ids in mark-up.
type Names interface {
	UserName(id string) string
	ChannelName(id string) string
	GroupHandle(id string) string
}

// Renderer draws for one reader.
type Renderer struct {
	Names Names
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
	var b strings.Builder
	r.write(&b, parse(text))
	return template.HTML(b.String()) //nolint:gosec // everything that people wrote went through html.EscapeString
}

func escaped(text string) string { return html.EscapeString(text) }
