// Package picture draws a channel as it looks in Slack, as an SVG, for the documentation. What blocks and mark-up mean
// is read by slackmarkup. The same channel always gives the same bytes. Begin reading with [SVG].
package picture

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

// Channel is what is drawn.
type Channel struct {
	Name     string // with its #
	Typed    string // what was typed there; it stands above the messages
	Messages []Message

	Names slackmarkup.Names
	Now   time.Time // what "today" means, and the time zone of dates
}

// Message is a message of the channel, or a reply in a thread.
type Message struct {
	Author string
	App    bool
	At     string
	Note   string // such as "Only visible to you"
	Reply  bool

	Text   string // the message, where there are no blocks
	Blocks json.RawMessage
}

// Sizes in pixels.
const (
	width      = 800
	margin     = 24
	lineHeight = 22
	gap        = 12
	inThread   = 26 // how far a reply is indented
)

// style has colours for readers with light and with dark pages. A picture in a page is told which.
const style = `
  .page { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1d1c1d; font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; white-space: pre }
  .strong, .name { font-weight: 700 }
  .emphasis { font-style: italic }
  .strike { text-decoration: line-through }
  .quiet { fill: #616061 }
  .small { font-size: 13px }
  .code, .typed { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12.5px }
  .code { fill: #a3124a }
  .link { fill: #0b5a99 }
  .bar { fill: #d0d7de }
  .box { fill: none; stroke: #8c959f }
  .primary { fill: #00674a }
  .danger { fill: #b3123f }
  text.primary, text.danger { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    .page { fill: #1a1d21; stroke: #3d444d }
    text { fill: #e8e8e8 }
    .quiet { fill: #ababad }
    .code { fill: #f08a7a }
    .link { fill: #6cb8f0 }
    .bar { fill: #3d444d }
  }
`

// SVG draws a channel. It fails where there is no drawing of what was sent.
func SVG(c Channel) ([]byte, error) {
	d := &drawing{reader: slackmarkup.Reader{Names: c.Names, Now: c.Now}, y: margin, x: margin}
	d.line("name", c.Name)
	d.line("typed", "› "+c.Typed)
	for _, m := range c.Messages {
		if err := d.message(m); err != nil {
			return nil, err
		}
	}
	return d.finish(), nil
}

type drawing struct {
	reader slackmarkup.Reader
	body   strings.Builder
	said   []string // for the title
	x, y   int
	right  int // what something at the right takes of the width
	barred int // down to where the bar beside a thread is drawn
}

// line writes one line in one style.
func (d *drawing) line(class, text string) {
	d.write(piece{text: text, class: class})
}

// write writes one line.
func (d *drawing) write(pieces ...piece) {
	fmt.Fprintf(&d.body, "<text x=\"%d\" y=\"%d\">", d.x, d.y+lineHeight-6)
	var said strings.Builder
	for _, p := range pieces {
		said.WriteString(p.text)
		if p.class == "" {
			d.body.WriteString(escaped(p.text))
			continue
		}
		fmt.Fprintf(&d.body, "<tspan class=\"%s\">%s</tspan>", p.class, escaped(p.text))
	}
	d.body.WriteString("</text>\n")
	d.said = append(d.said, said.String())
	d.y += lineHeight
}

func (d *drawing) rect(x, y, width, height int, class string) {
	fmt.Fprintf(&d.body, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"%s\"/>\n", x, y, width, height, class)
}

func (d *drawing) message(m Message) error {
	from := d.y
	d.x, d.y = margin, d.y+gap
	if m.Reply {
		d.x += inThread
	}
	byline := []piece{{text: m.Author, class: "name"}}
	if m.App {
		byline = append(byline, piece{text: "  APP", class: "quiet"})
	}
	byline = append(byline, piece{text: "  " + m.At, class: "quiet"})
	if m.Note != "" {
		byline = append(byline, piece{text: "  " + m.Note, class: "quiet"})
	}
	d.write(byline...)
	if err := d.content(m); err != nil {
		return err
	}
	if m.Reply {
		if d.barred != from { // the first of its thread
			from += gap
		}
		d.rect(margin+inThread/3, from, 3, d.y-from, "bar")
		d.barred = d.y
	}
	return nil
}

func (d *drawing) content(m Message) error {
	if len(m.Blocks) == 0 {
		d.paragraph(d.reader.Mrkdwn(m.Text), "")
		return nil
	}
	all, err := slackmarkup.Blocks(m.Blocks)
	if err != nil {
		return err
	}
	for _, b := range all {
		if err := d.block(b); err != nil {
			return err
		}
	}
	return nil
}

// finish puts the frame around it. The title is what a screen reader says.
func (d *drawing) finish() []byte {
	height := d.y + margin
	title := strings.Join(strings.Fields(strings.Join(d.said, " ")), " ")
	return fmt.Appendf(nil, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n"+
		"<title>%s</title>\n<style>%s</style>\n"+
		"<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\" class=\"page\"/>\n%s</svg>\n",
		width, height, width, height, escaped(title), style, width-1, height-1, d.body.String())
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}
