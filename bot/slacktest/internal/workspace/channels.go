package workspace

import (
	"fmt"
	"slices"
)

// Kind is the kind of a channel.
type Kind string

// The kinds of a [Channel].
const (
	Public  Kind = "public"
	Private Kind = "private"
	DM      Kind = "dm"   // between two people, or between a person and the app
	MPIM    Kind = "mpim" // between several people
)

// Channel is a conversation of any kind.
type Channel struct {
	ID        string
	Name      string   // default the id
	Kind      Kind     // default [Public]
	Members   []string // user ids; none means that everybody is in it. The bot is not listed here
	BotMember bool     // whether the bot is in it
	Archived  bool
	ReadOnly  bool // only some may post, and the bot is not one of them
	ExtShared bool // shared with another organisation (Slack Connect)
}

// Conversation is a channel and what was said in it, in order.
type Conversation struct {
	Channel
	messages []*Message
}

// AddChannel adds a channel, or changes the one with the same id and keeps its messages.
func (w *Workspace) AddChannel(c Channel) {
	if c.Name == "" {
		c.Name = c.ID
	}
	if c.Kind == "" {
		c.Kind = Public
	}
	c.Members = slices.Clone(c.Members)
	if existing, ok := w.Channels.Get(c.ID); ok {
		existing.Channel = c
		return
	}
	w.Channels.Put(c.ID, &Conversation{Channel: c})
}

// SetMember puts a user into a channel or takes them out of it; the bot's user id stands for the
// bot. The first user put into a channel that everybody is in makes it theirs alone. It panics if
// there is no such channel.
func (w *Workspace) SetMember(channelID, userID string, member bool) {
	c := w.MustChannel(channelID)
	if userID == w.Settings.BotUserID {
		c.BotMember = member
		return
	}
	c.Members = slices.DeleteFunc(c.Members, func(id string) bool { return id == userID })
	if member {
		c.Members = append(c.Members, userID)
	}
}

// IsMember reports whether a user is in a channel.
func (w *Workspace) IsMember(c *Conversation, userID string) bool {
	_, known := w.Users.Get(userID)
	return known && (len(c.Members) == 0 || slices.Contains(c.Members, userID))
}

// MustChannel finds a channel for set-up, where an unknown channel is a mistake of the caller's.
func (w *Workspace) MustChannel(id string) *Conversation {
	c, ok := w.Channels.Get(id)
	if !ok {
		panic(fmt.Sprintf("slacktest: no channel %q", id))
	}
	return c
}

// AppDM returns the conversation between a user and the app, opening it if there is none.
func (w *Workspace) AppDM(userID string) *Conversation {
	if c := w.OpenDM(userID); c != nil {
		return c
	}
	c := &Conversation{Channel: Channel{
		ID: w.NewID("D0"), Name: w.UserName(userID), Kind: DM, Members: []string{userID}, BotMember: true,
	}}
	w.Channels.Put(c.ID, c)
	return c
}

// OpenDM returns the conversation between a user and the app, or nil if there is none.
func (w *Workspace) OpenDM(userID string) *Conversation {
	for _, c := range w.Channels.All() {
		if c.Kind == DM && c.BotMember && slices.Equal(c.Members, []string{userID}) {
			return c
		}
	}
	return nil
}

// ChannelName is what people see for a channel's id.
func (w *Workspace) ChannelName(id string) string {
	if c, ok := w.Channels.Get(id); ok {
		return c.Name
	}
	return id
}

// Message returns the message with that id which the whole channel sees.
func (c *Conversation) Message(ts string) (*Message, bool) {
	i := slices.IndexFunc(c.messages, func(m *Message) bool { return m.TS == ts && m.VisibleTo == "" })
	if i < 0 {
		return nil, false
	}
	return c.messages[i], true
}

// Thread returns the message with that id and its replies.
func (c *Conversation) Thread(ts string) []*Message {
	return c.Where(func(m *Message) bool { return m.VisibleTo == "" && (m.TS == ts || m.ThreadTS == ts) })
}

// Where returns the messages that are to be kept, in order.
func (c *Conversation) Where(keep func(*Message) bool) []*Message {
	var kept []*Message
	for _, m := range c.messages {
		if keep(m) {
			kept = append(kept, m)
		}
	}
	return kept
}

// Remove takes a message out of the channel.
func (c *Conversation) Remove(m *Message) {
	c.messages = slices.DeleteFunc(c.messages, func(other *Message) bool { return other == m })
}
