package slackhtml

import (
	"strings"
	"time"

	"linqbot/cmd/linqbot/internal/slackmarkup"
)

func (r Renderer) write(b *strings.Builder, runs []slackmarkup.Run) {
	for _, run := range runs {
		text := escaped(run.Text)
		switch run.Kind {
		case slackmarkup.Plain, slackmarkup.Emoji:
			b.WriteString(text)
		case slackmarkup.LineBreak:
			b.WriteString("<br>")
		case slackmarkup.Strong:
			r.within(b, "strong", run.Runs)
		case slackmarkup.Emphasis:
			r.within(b, "em", run.Runs)
		case slackmarkup.Strike:
			r.within(b, "s", run.Runs)
		case slackmarkup.Quote:
			r.within(b, "blockquote", run.Runs)
		case slackmarkup.Code:
			b.WriteString("<code>" + text + "</code>")
		case slackmarkup.Preformatted:
			b.WriteString("<pre>" + text + "</pre>")
		case slackmarkup.Mention:
			b.WriteString(`<span class="mention">` + text + `</span>`)
		case slackmarkup.Date:
			b.WriteString(`<time datetime="` + run.At.UTC().Format(time.RFC3339) + `" title="` + escaped(run.Fallback) + `">` + text + `</time>`)
		case slackmarkup.Link:
			b.WriteString(r.link(run.URL, text))
		}
	}
}

func (r Renderer) within(b *strings.Builder, tag string, runs []slackmarkup.Run) {
	b.WriteString("<" + tag + ">")
	r.write(b, runs)
	b.WriteString("</" + tag + ">")
}

func (r Renderer) link(target, label string) string {
	if r.Link != nil {
		if own := r.Link(target); own != target {
			return `<a href="` + escaped(own) + `">` + label + `</a>`
		}
	}
	return `<a href="` + escaped(target) + `" target="_blank" rel="noopener noreferrer">` + label + `</a>`
}
