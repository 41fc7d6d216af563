package slacktest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"linqbot/bot/slacktest/internal/workspace"
)

// Screen prints a channel as viewer, a user id, sees it in a terminal: every message with its
// thread below it and, where they belong in time, the ephemeral ones meant for the viewer. An empty
// viewer is a bystander. As in Slack, a message that was changed is marked "(edited)" only if it
// has no blocks (reference/methods/chat.update).
func (s *Slack) Screen(channelID, viewer string) string {
	return withState(s, func(w *workspace.Workspace) string {
		c, ok := w.Channels.Get(channelID)
		if !ok {
			return fmt.Sprintf("no channel %s\n", channelID)
		}
		p := painter{state: w, channel: c, viewer: viewer}
		p.header()
		for _, m := range p.visible(func(m *Message) bool { return !p.inThread(m) }) {
			p.line("")
			p.message(m, "", "  ")
			for _, reply := range p.visible(func(r *Message) bool { return r.ThreadTS == m.TS }) {
				p.message(reply, "  ↳ ", "  │ ")
			}
		}
		return p.String()
	})
}

// painter writes one screen.
type painter struct {
	strings.Builder
	state   *workspace.Workspace
	channel *workspace.Conversation
	viewer  string
}

func (p *painter) line(text string) {
	p.WriteString(strings.TrimRight(text, " "))
	p.WriteByte('\n')
}

func (p *painter) header() {
	header := title(p.state, p.channel)
	p.line(header)
	p.line(strings.Repeat("─", utf8.RuneCountInString(header)))
}

// message writes who and when, then what, each line after its lead.
func (p *painter) message(m *Message, first, rest string) {
	p.line(first + byline(p.state, m))
	for text := range strings.SplitSeq(p.state.Render(m), "\n") {
		p.line(rest + text)
	}
}

// visible returns the viewer's messages that are asked for.
func (p *painter) visible(asked func(*Message) bool) []*Message {
	return p.channel.Where(func(m *Message) bool {
		return (m.VisibleTo == "" || m.VisibleTo == p.viewer) && asked(m)
	})
}

// inThread reports whether m stands below its parent. A reply whose parent was deleted stands alone.
func (p *painter) inThread(m *Message) bool {
	_, ok := p.channel.Message(m.ThreadTS)
	return ok
}

// title is the channel's name with what a person should know of it.
func title(w *workspace.Workspace, c *workspace.Conversation) string {
	var title string
	switch c.Kind {
	case workspace.Public:
		title = "#" + c.Name
	case Private:
		title = "#" + c.Name + " · private"
	default:
		var names []string
		for _, id := range c.Members {
			names = append(names, w.UserName(id))
		}
		if c.BotMember {
			names = append(names, w.Settings.BotName)
		}
		title = strings.Join(names, ", ") + " · direct message"
	}
	for _, note := range []struct {
		on   bool
		text string
	}{{c.ExtShared, "shared with another organisation"}, {c.ReadOnly, "read-only"}, {c.Archived, "archived"}} {
		if note.on {
			title += " · " + note.text
		}
	}
	return title
}

func byline(w *workspace.Workspace, m *Message) string {
	line := w.UserName(m.Author)
	if author, ok := w.Users.Get(m.Author); ok && author.Bot && m.Author != workspace.Slackbot {
		line += " APP"
	}
	line += "  " + m.At().UTC().Format("15:04")
	if m.Edited && m.Blocks == nil {
		line += "  (edited)"
	}
	if m.Broadcast {
		line += "  also sent to the channel"
	}
	if m.VisibleTo != "" {
		line += "  Only visible to you"
	}
	return line
}
