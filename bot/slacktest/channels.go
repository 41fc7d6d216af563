package slacktest

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

// conversation is a channel and what was said in it, in order.
type conversation struct {
	Channel
	messages []*Message
}

// AddChannel adds a channel, or changes the one with the same id and keeps its messages.
func (s *Slack) AddChannel(c Channel) {
	if c.Name == "" {
		c.Name = c.ID
	}
	if c.Kind == "" {
		c.Kind = Public
	}
	c.Members = slices.Clone(c.Members)
	s.change(func(w *world) {
		if existing, ok := w.channels.get(c.ID); ok {
			existing.Channel = c
			return
		}
		w.channels.put(c.ID, &conversation{Channel: c})
	})
}

// Archive archives a channel. It panics if there is no such channel.
func (s *Slack) Archive(channelID string) {
	s.change(func(w *world) { w.mustChannel(channelID).Archived = true })
}

// SetMember puts a user into a channel or takes them out of it; the bot's user id stands for the
// bot. The first user put into a channel that everybody is in makes it theirs alone. It panics if
// there is no such channel.
func (s *Slack) SetMember(channelID, userID string, member bool) {
	s.change(func(w *world) {
		c := w.mustChannel(channelID)
		if userID == w.cfg.BotUserID {
			c.BotMember = member
			return
		}
		c.Members = slices.DeleteFunc(c.Members, func(id string) bool { return id == userID })
		if member {
			c.Members = append(c.Members, userID)
		}
	})
}

// mustChannel is for set-up, where an unknown channel is a mistake of the caller's.
func (w *world) mustChannel(id string) *conversation {
	c, ok := w.channels.get(id)
	if !ok {
		panic(fmt.Sprintf("slacktest: no channel %q", id))
	}
	return c
}

// appDM returns the conversation between a user and the app, opening it if there is none.
func (w *world) appDM(userID string) *conversation {
	if c := w.openDM(userID); c != nil {
		return c
	}
	c := &conversation{Channel: Channel{
		ID: w.newID("D0"), Name: w.userName(userID), Kind: DM, Members: []string{userID}, BotMember: true,
	}}
	w.channels.put(c.ID, c)
	return c
}

// openDM returns the conversation between a user and the app, or nil if there is none.
func (w *world) openDM(userID string) *conversation {
	for _, c := range w.channels.all() {
		if c.Kind == DM && c.BotMember && slices.Equal(c.Members, []string{userID}) {
			return c
		}
	}
	return nil
}

// visible returns a channel the bot may know of. Slack hides private ones from those who are not
// in them (reference/methods/chat.postMessage, channel_not_found).
func (w *world) visible(id string) (*conversation, error) {
	c, ok := w.channels.get(id)
	if !ok || (c.Kind != Public && !c.BotMember) {
		return nil, failure("channel_not_found")
	}
	return c, nil
}

// readable returns a channel whose messages the bot may read: one it is in.
func (w *world) readable(id string) (*conversation, error) {
	c, err := w.visible(id)
	if err == nil && !c.BotMember {
		return nil, failure("not_in_channel")
	}
	return c, err
}

// writable returns a channel the bot may post to. A user id names the direct messages between
// that user and the app.
func (w *world) writable(id string) (*conversation, error) {
	if _, ok := w.users.get(id); ok {
		c := w.appDM(id)
		return c, w.mayPost(c)
	}
	c, err := w.visible(id)
	if err != nil {
		return nil, err
	}
	return c, w.mayPost(c)
}

func (w *world) mayPost(c *conversation) error {
	switch {
	case c.Archived:
		return failure("is_archived")
	case !c.BotMember && !w.publicWrite():
		return failure("not_in_channel")
	case c.ReadOnly:
		return failure("restricted_action_read_only_channel")
	case c.Kind == DM && w.cfg.MessagesTabDisabled:
		return failure("messages_tab_disabled")
	}
	return nil
}

func (w *world) publicWrite() bool {
	return w.cfg.PublicWrite || slices.Contains(w.cfg.Scopes, "chat:write.public")
}
