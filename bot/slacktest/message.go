package slacktest

import (
	"encoding/json"
	"slices"
	"time"
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

	Edited    bool // it was changed after it was posted
	Edits     int  // how often
	Broadcast bool // a reply that also shows in the channel
	// VisibleTo is the one user who sees an ephemeral message, "" for all others. Only [Slack.Ephemerals]
	// and [Slack.Screen] show those.
	VisibleTo string
}

// Metadata is what an app attached to a message, unseen by people.
type Metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// At returns when the message was posted.
func (m Message) At() time.Time { return timeOf(m.TS) }

// post gives m its id, places it and notes what is wrong with it.
func (w *world) post(c *conversation, m Message) *Message {
	m.Channel, m.TS = c.ID, w.newTS()
	c.messages = append(c.messages, &m)
	w.inspect(&m)
	return &m
}

// edit changes a message. Blocks stay when only they are unmentioned, and go when text comes without
// them; metadata stays until replaced (reference/methods/chat.update).
func (w *world) edit(m *Message, by content) {
	if by.hasText || by.hasBlocks {
		m.Blocks = by.blocks
	}
	if by.hasText {
		m.Text = by.text
	}
	if by.hasMetadata {
		m.Metadata = by.metadata
	}
	m.Edited = true
	m.Edits++
	w.inspect(m)
}

// inspect notes broadcasts and broken limits.
func (w *world) inspect(m *Message) {
	if pings(m.Text, m.Blocks) {
		w.pings = append(w.pings, w.snapshot(m))
	}
	w.violate(m.Channel+" "+m.TS, checkText(m.Text, m.Blocks))
}

// violate notes broken limits, each with the place where it was found.
func (w *world) violate(place string, found []string) {
	for _, violation := range found {
		w.violations = append(w.violations, place+": "+violation)
	}
}

// snapshot copies a message for a reader.
func (w *world) snapshot(m *Message) Message {
	out := *m
	out.Rendered = w.render(m)
	return out
}

// message returns the message with that id which the whole channel sees.
func (c *conversation) message(ts string) (*Message, bool) {
	i := slices.IndexFunc(c.messages, func(m *Message) bool { return m.TS == ts && m.VisibleTo == "" })
	if i < 0 {
		return nil, false
	}
	return c.messages[i], true
}

// thread returns the message with that id and its replies.
func (c *conversation) thread(ts string) []*Message {
	return c.where(func(m *Message) bool { return m.VisibleTo == "" && (m.TS == ts || m.ThreadTS == ts) })
}

func (c *conversation) where(keep func(*Message) bool) []*Message {
	var kept []*Message
	for _, m := range c.messages {
		if keep(m) {
			kept = append(kept, m)
		}
	}
	return kept
}

func (c *conversation) remove(m *Message) {
	c.messages = slices.DeleteFunc(c.messages, func(other *Message) bool { return other == m })
}
