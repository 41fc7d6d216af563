package slackmarkup

import (
	"net/url"
	"slices"
	"strings"
)

// reference reads the inside of <…>. Of people and channels Slack shows the name they have, whatever the label says.
func (r Reader) reference(inside string) Run {
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
	return link(resolved(target), label)
}

func mention(name string) Run { return Run{Kind: Mention, Text: name} }

// link is a link, or its words alone where a browser might do more than go somewhere.
func link(target, label string) Run {
	if label == "" {
		label = target
	}
	parsed, err := url.Parse(target)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto", "tel"}, parsed.Scheme) {
		return Run{Text: label}
	}
	return Run{Kind: Link, Text: label, URL: target}
}
