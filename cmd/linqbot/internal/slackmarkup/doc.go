// Package slackmarkup reads what an app sends to Slack: blocks, their elements, and text in Slack's mark-up, which
// becomes a tree of runs with the names that people see. It is the one place that knows what mrkdwn means. Others draw
// what it reads, slackhtml as HTML and picture as SVG. Begin with [Reader].
package slackmarkup

import (
	"strings"
	"time"
)

// Names tells what people see for the ids in mark-up.
type Names interface {
	UserName(id string) string
	ChannelName(id string) string
	GroupHandle(id string) string
}

// Reader reads for one person.
type Reader struct {
	Names Names
	Now   time.Time // what "today" means, and the time zone of dates
}

// Kind is what a [Run] is.
type Kind int

// The kinds of a [Run]. Strong, Emphasis, Strike and Quote have runs within them, the others have a text.
const (
	Plain Kind = iota
	LineBreak
	Strong
	Emphasis
	Strike
	Quote
	Code
	Preformatted
	Mention
	Link
	Date
	Emoji
)

// Run is a piece of a text.
type Run struct {
	Kind Kind
	Text string // as people read it
	Runs []Run

	URL      string    // of a Link; it leads somewhere, and does nothing else
	At       time.Time // of a Date
	Fallback string    // of a Date: what stands there where dates are not shown
}

// Mrkdwn reads a text in Slack's mark-up.
func (r Reader) Mrkdwn(text string) []Run { return r.parse(text) }

// Text reads a text of either type.
func (r Reader) Text(t TextObject) []Run {
	if t.Type == mrkdwn {
		return r.parse(t.Text)
	}
	var runs []Run
	for i, line := range strings.Split(t.Words(), "\n") {
		if i > 0 {
			runs = append(runs, Run{Kind: LineBreak})
		}
		if line != "" {
			runs = append(runs, Run{Text: line})
		}
	}
	return runs
}
