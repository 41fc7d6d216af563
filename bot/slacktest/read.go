package slacktest

import (
	"context"
	"fmt"

	"linqbot/bot/slacktest/internal/workspace"
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
	id := withState(s, func(w *workspace.Workspace) string {
		if c := w.OpenDM(userID); c != nil {
			return c.ID
		}
		return ""
	})
	return s.Messages(id)
}

func (s *Slack) read(channelID string, keep func(*Message) bool) []Message {
	return withState(s, func(w *workspace.Workspace) []Message {
		c, ok := w.Channels.Get(channelID)
		if !ok {
			return nil
		}
		var read []Message
		for _, m := range c.Where(keep) {
			read = append(read, w.Snapshot(m))
		}
		return read
	})
}

// Views returns every view, in the order in which they were opened.
func (s *Slack) Views() []View {
	return withState(s, func(w *workspace.Workspace) []View {
		var all []View
		for _, v := range w.Views.All() {
			all = append(all, *v)
		}
		return all
	})
}

// HomeView returns a user's Home tab as the bot published it last, or false if it never did.
func (s *Slack) HomeView(userID string) (View, bool) {
	found := withState(s, func(w *workspace.Workspace) View {
		if v := w.Home(userID); v != nil {
			return *v
		}
		return View{}
	})
	return found, found.ID != ""
}

// Execution returns a workflow step, or false if none was started with that id.
func (s *Slack) Execution(id string) (Execution, bool) {
	found := withState(s, func(w *workspace.Workspace) Execution {
		if e, ok := w.Executions.Get(id); ok {
			return *e
		}
		return Execution{}
	})
	return found, found.ID != ""
}

// Pings returns every message, as it stood then, that called a whole channel or user group
// together. A bot that repeats what people wrote must cause none.
func (s *Slack) Pings() []Message {
	return withState(s, func(w *workspace.Workspace) []Message { return w.Pings() })
}

// Violations returns every limit of Slack's that a message or view broke, whether it was refused
// for it or not. See [CheckMessage] and [CheckView].
func (s *Slack) Violations() []string {
	return withState(s, func(w *workspace.Workspace) []string { return w.Violations() })
}

// Channels returns every conversation, in the order in which they came.
func (s *Slack) Channels() []Channel {
	return withState(s, func(w *workspace.Workspace) []Channel {
		var all []Channel
		for _, c := range w.Channels.All() {
			all = append(all, c.Channel)
		}
		return all
	})
}

// Users returns everybody, the bot and Slackbot included, in the order in which they came.
func (s *Slack) Users() []User {
	return withState(s, func(w *workspace.Workspace) []User { return w.Users.All() })
}

// Groups returns every user group, in the order in which they came.
func (s *Slack) Groups() []Group {
	return withState(s, func(w *workspace.Workspace) []Group { return w.Groups.All() })
}

// Changed returns a channel that is closed at the next change of anything that can be read here.
func (s *Slack) Changed() <-chan struct{} {
	return withState(s, func(*workspace.Workspace) <-chan struct{} { return s.changed })
}

// Await waits until done, which may read whatever it likes, returns true. It looks at once and after
// every change, and gives up with ctx's error wrapped.
func (s *Slack) Await(ctx context.Context, done func(*Slack) bool) error {
	for {
		changed := withState(s, func(*workspace.Workspace) chan struct{} { return s.changed })
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
