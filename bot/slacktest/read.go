package slacktest

import (
	"context"
	"fmt"
	"slices"
)

// Messages returns what everybody in a channel sees, replies included, in order.
func (s *Slack) Messages(channelID string) []Message {
	return s.read(channelID, func(m *Message) bool { return m.VisibleTo == "" })
}

// Thread returns a message and its replies, in order.
func (s *Slack) Thread(channelID, ts string) []Message {
	return s.read(channelID, func(m *Message) bool { return m.VisibleTo == "" && (m.TS == ts || m.ThreadTS == ts) })
}

// Ephemerals returns what only that user sees in a channel, in order.
func (s *Slack) Ephemerals(channelID, userID string) []Message {
	return s.read(channelID, func(m *Message) bool { return m.VisibleTo == userID })
}

// DirectMessages returns what passed between a user and the app, in order.
func (s *Slack) DirectMessages(userID string) []Message {
	id := look(s, func(w *world) string {
		if c := w.openDM(userID); c != nil {
			return c.ID
		}
		return ""
	})
	return s.Messages(id)
}

func (s *Slack) read(channelID string, keep func(*Message) bool) []Message {
	return look(s, func(w *world) []Message {
		c, ok := w.channels.get(channelID)
		if !ok {
			return nil
		}
		var read []Message
		for _, m := range c.where(keep) {
			read = append(read, w.snapshot(m))
		}
		return read
	})
}

// Pings returns every message, as it stood then, that called a whole channel or user group
// together. A bot that repeats what people wrote must cause none.
func (s *Slack) Pings() []Message {
	return look(s, func(w *world) []Message { return slices.Clone(w.pings) })
}

// Violations returns every limit of Slack's that a message or view broke, whether it was refused
// for it or not. See [CheckMessage] and [CheckView].
func (s *Slack) Violations() []string {
	return look(s, func(w *world) []string { return slices.Clone(w.violations) })
}

// PostAs posts a message as a person, in a thread if threadTS is not "". It panics if there is no
// such channel.
func (s *Slack) PostAs(userID, channelID, threadTS, text string) Message {
	var posted Message
	s.change(func(w *world) {
		m := w.post(w.mustChannel(channelID), Message{Author: userID, ThreadTS: threadTS, Text: text})
		posted = w.snapshot(m)
	})
	return posted
}

// Await waits until done, which may read whatever it likes, returns true. It looks at once and after
// every change, and gives up with ctx's error wrapped.
func (s *Slack) Await(ctx context.Context, done func(*Slack) bool) error {
	for {
		changed := look(s, func(*world) chan struct{} { return s.changed })
		if done(s) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("slacktest: what was awaited did not come: %w", ctx.Err())
		}
	}
}
