package workspace

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"linqbot/bot/slacktest/internal/blocks"
	"linqbot/bot/slacktest/internal/render"
)

// Message is a message as it stood when it was read.
type Message struct {
	Channel  string
	TS       string // its id and time, unique in the workspace and growing
	ThreadTS string // the parent's TS in a reply, otherwise ""
	Author   string // user id

	Text     string          // what notifications show; the message itself when there are no blocks
	Blocks   json.RawMessage // nil when there are none
	Rendered string          // what people see, as plain text
	Metadata *Metadata       // nil when there is none
	Files    []File          // that it shares

	Edited    bool // it was changed after it was posted
	Edits     int  // how often
	Broadcast bool // a reply that also shows in the channel
	// VisibleTo is the one user who sees an ephemeral message, "" for all others.
	VisibleTo string
}

// Metadata is what an app attached to a message, unseen by people.
type Metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// Content is what a message says, as every way to write one gives it: the chat methods, response
// URLs and the answer to a command.
type Content struct {
	Text        string
	HasText     bool
	Blocks      json.RawMessage // nil when none, or an empty list, was given
	HasBlocks   bool
	Metadata    *Metadata
	HasMetadata bool
}

// Empty reports whether people would see nothing.
func (c Content) Empty() bool { return c.Text == "" && c.Blocks == nil }

// At returns when the message was posted.
func (m Message) At() time.Time { return timeOf(m.TS) }

// Post gives m its id, places it and notes what is wrong with it.
func (w *Workspace) Post(c *Conversation, m Message) *Message {
	m.Channel, m.TS = c.ID, w.NewTS()
	c.messages = append(c.messages, &m)
	w.inspect(&m)
	return &m
}

// Edit changes a message. Blocks stay when only they are unmentioned, and go when text comes without
// them; metadata stays until replaced (reference/methods/chat.update).
func (w *Workspace) Edit(m *Message, by Content) {
	if by.HasText || by.HasBlocks {
		m.Blocks = by.Blocks
	}
	if by.HasText {
		m.Text = by.Text
	}
	if by.HasMetadata {
		m.Metadata = by.Metadata
	}
	m.Edited = true
	m.Edits++
	w.inspect(m)
}

// inspect notes broadcasts and broken limits.
func (w *Workspace) inspect(m *Message) {
	if blocks.Pings(m.Text, m.Blocks) {
		w.pings = append(w.pings, w.Snapshot(m))
	}
	w.Violate(m.Channel+" "+m.TS, blocks.CheckText(m.Text, m.Blocks))
}

// Violate notes broken limits, each with the place where it was found.
func (w *Workspace) Violate(place string, found []string) {
	for _, violation := range found {
		w.violations = append(w.violations, place+": "+violation)
	}
}

// Snapshot copies a message for a reader.
func (w *Workspace) Snapshot(m *Message) Message {
	out := *m
	out.Rendered = w.Render(m)
	return out
}

// Render is a message as people see it: its blocks, or its text if it has none, and its files.
func (w *Workspace) Render(m *Message) string {
	shown := render.Blocks(w, m.Blocks)
	if m.Blocks == nil {
		shown = render.Mrkdwn(w, m.Text)
	}
	for _, file := range m.Files {
		shown = strings.TrimPrefix(shown+"\n[file: "+file.Name+"]", "\n")
	}
	return shown
}

// Pings returns every message that called a whole channel or user group together.
func (w *Workspace) Pings() []Message { return slices.Clone(w.pings) }

// Violations returns every limit of Slack's that a message or view broke.
func (w *Workspace) Violations() []string { return slices.Clone(w.violations) }
