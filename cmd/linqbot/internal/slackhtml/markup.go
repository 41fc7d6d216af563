package slackhtml

import (
	"net/url"
	"slices"
	"strings"
)

func (r Renderer) write(b *strings.Builder, parts []part) {
	for _, p := range parts {
		switch p.kind {
		case plain:
			b.WriteString(escaped(p.text))
		case lineBreak:
			b.WriteString("<br>")
		case strong:
			r.within(b, "strong", p.parts)
		case emphasis:
			r.within(b, "em", p.parts)
		case strike:
			r.within(b, "s", p.parts)
		case quote:
			r.within(b, "blockquote", p.parts)
		case code:
			b.WriteString("<code>" + escaped(p.text) + "</code>")
		case preformatted:
			b.WriteString("<pre>" + escaped(p.text) + "</pre>")
		case emoji:
			b.WriteString(escaped(p.text))
		case reference:
			b.WriteString(r.reference(p.text))
		}
	}
}

func (r Renderer) within(b *strings.Builder, tag string, parts []part) {
	b.WriteString("<" + tag + ">")
	r.write(b, parts)
	b.WriteString("</" + tag + ">")
}

// reference draws the inside of <…>. Of people and channels Slack shows the name they have, whatever the label says.
func (r Renderer) reference(inside string) string {
	target, label, _ := strings.Cut(inside, "|")
	label = resolved(label)
	switch {
	case strings.HasPrefix(target, "@"):
		return mention("@" + r.Names.UserName(target[1:]))
	case strings.HasPrefix(target, "#"):
		return mention("#" + r.Names.ChannelName(target[1:]))
	case strings.HasPrefix(target, "!subteam^"):
		return mention("@" + r.Names.GroupHandle(strings.TrimPrefix(target, "!subteam^")))
	case strings.HasPrefix(target, "!date^"):
		return r.date(strings.TrimPrefix(target, "!date^"), label)
	case strings.HasPrefix(target, "!"):
		return mention("@" + target[1:])
	}
	return r.link(resolved(target), label)
}

func mention(name string) string { return `<span class="mention">` + escaped(name) + `</span>` }

// link draws a link, or its words alone where a browser might do more than go somewhere.
func (r Renderer) link(target, label string) string {
	if label == "" {
		label = target
	}
	parsed, err := url.Parse(target)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto", "tel"}, parsed.Scheme) {
		return escaped(label)
	}
	if r.Link != nil {
		if own := r.Link(target); own != target {
			return `<a href="` + escaped(own) + `">` + escaped(label) + `</a>`
		}
	}
	return `<a href="` + escaped(target) + `" target="_blank" rel="noopener noreferrer">` + escaped(label) + `</a>`
}
