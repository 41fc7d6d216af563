// Package picture draws what a channel looks like in Slack as an SVG, for the documentation. It knows the text
// that slacktest prints of a channel, and nothing else. The same text always gives the same bytes. Begin reading
// with SVG.
package picture

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Sizes in pixels, and in characters where a line is broken.
const (
	width      = 800
	margin     = 24
	lineHeight = 22
	gap        = 12
	perLine    = 96
	inThread   = 26 // how far a reply is indented
)

// style has colours for readers with light and with dark pages. A picture in a page is told which.
const style = `
  .page { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1d1c1d; font: 14px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
  .name { font-weight: 700 }
  .quiet { fill: #616061 }
  .typed { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px }
  .bar { fill: #d0d7de }
  .box { fill: none; stroke: #8c959f }
  @media (prefers-color-scheme: dark) {
    .page { fill: #1a1d21; stroke: #3d444d }
    text { fill: #e8e8e8 }
    .quiet { fill: #ababad }
    .bar { fill: #3d444d }
  }
`

// SVG draws a channel as slacktest's Screen prints it. Above it stands what was typed.
func SVG(typed, screen string) []byte {
	d := &drawing{y: margin}
	for i, line := range strings.Split(strings.TrimRight(screen, "\n"), "\n") {
		d.draw(i, line)
		if i == 0 {
			d.text(margin, "typed", "› "+typed)
		}
	}
	return d.finish(screen)
}

type drawing struct {
	body strings.Builder
	y    int
}

// byline is the line above a message: an arrow for a reply, who, when, and what else Slack says of it.
func byline() *regexp.Regexp {
	return regexp.MustCompile(`^ *(↳ )?(\S.*?)( APP)?  (\d\d:\d\d)(?:  (.*))?$`)
}

func (d *drawing) draw(number int, line string) {
	trimmed := strings.TrimSpace(line)
	content, reply := strings.CutPrefix(trimmed, "│ ")
	x := margin
	if reply {
		x += inThread
	}
	switch parts := byline().FindStringSubmatch(line); {
	case number == 0:
		d.text(x, "name", trimmed)
	case trimmed == "":
		d.y += gap
	case strings.Trim(trimmed, "─") == "": // below the channel's name
	case parts != nil:
		if parts[1] != "" {
			x += inThread
			d.y += gap / 2
		}
		d.byline(x, parts[2], parts[3], parts[4], parts[5])
	case strings.HasPrefix(content, "[ ") && strings.HasSuffix(content, " ]"):
		d.button(x, strings.Trim(content, "[ ]"))
	default:
		d.paragraph(x, content)
	}
}

// text writes one line.
func (d *drawing) text(x int, class, text string) {
	d.beside(x)
	fmt.Fprintf(&d.body, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, d.y+lineHeight-6, class, escaped(text))
	d.y += lineHeight
}

// beside draws the bar to the left of a reply.
func (d *drawing) beside(x int) {
	if x > margin {
		fmt.Fprintf(&d.body, "<rect x=\"%d\" y=\"%d\" width=\"3\" height=\"%d\" class=\"bar\"/>\n", margin+inThread/3, d.y, lineHeight)
	}
}

func (d *drawing) byline(x int, name, app, at, note string) {
	d.beside(x)
	fmt.Fprintf(&d.body, "<text x=\"%d\" y=\"%d\"><tspan class=\"name\">%s</tspan>", x, d.y+lineHeight-6, escaped(name))
	for _, part := range []string{strings.TrimSpace(app), at, note} {
		if part != "" {
			fmt.Fprintf(&d.body, "<tspan class=\"quiet\" dx=\"8\">%s</tspan>", escaped(part))
		}
	}
	d.body.WriteString("</text>\n")
	d.y += lineHeight
}

func (d *drawing) paragraph(x int, text string) {
	class := "said"
	if strings.HasPrefix(text, "Chat ") || strings.HasPrefix(text, "Trace id ") {
		class = "quiet"
	}
	for _, line := range broken(text) {
		d.text(x, class, line)
	}
}

func (d *drawing) button(x int, label string) {
	const perCharacter, height = 8, 28
	boxWidth := perCharacter*utf8.RuneCountInString(label) + 2*gap
	d.beside(x)
	d.y += gap / 2
	d.beside(x)
	fmt.Fprintf(&d.body, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\" class=\"box\"/>\n", x, d.y, boxWidth, height)
	fmt.Fprintf(&d.body, "<text x=\"%d\" y=\"%d\" class=\"name\" text-anchor=\"middle\">%s</text>\n", x+boxWidth/2, d.y+height-9, escaped(label))
	d.y += height
}

// finish puts the frame around it. The title is what a screen reader says.
func (d *drawing) finish(screen string) []byte {
	height := d.y + margin
	title := strings.Join(strings.FieldsFunc(screen, func(r rune) bool { return strings.ContainsRune(" \n─│↳", r) }), " ")
	return fmt.Appendf(nil, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n"+
		"<title>%s</title>\n<style>%s</style>\n"+
		"<rect x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\" class=\"page\"/>\n%s</svg>\n",
		width, height, width, height, escaped(title), style, width-1, height-1, d.body.String())
}

// broken breaks a text into lines that fit, at its spaces.
func broken(text string) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > perLine {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// escaped also keeps two spaces side by side apart, which SVG would join.
func escaped(text string) string {
	const hardSpace = "\u00a0"
	var b strings.Builder
	text = strings.ReplaceAll(text, "  ", hardSpace+hardSpace+" ")
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}
