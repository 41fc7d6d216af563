package webapi

import (
	"slices"

	"linqbot/bot/slacktest/internal/workspace"
)

// visible returns a channel the bot may know of. Slack hides private ones from those who are not
// in them (reference/methods/chat.postMessage, channel_not_found).
func visible(w *workspace.Workspace, id string) (*workspace.Conversation, error) {
	c, ok := w.Channels.Get(id)
	if !ok || (c.Kind != workspace.Public && !c.BotMember) {
		return nil, Failure("channel_not_found")
	}
	return c, nil
}

// readable returns a channel whose messages the bot may read: one it is in.
func readable(w *workspace.Workspace, id string) (*workspace.Conversation, error) {
	c, err := visible(w, id)
	if err == nil && !c.BotMember {
		return nil, Failure("not_in_channel")
	}
	return c, err
}

// writable returns a channel the bot may post to. A user id names the direct messages between
// that user and the app.
func writable(w *workspace.Workspace, id string) (*workspace.Conversation, error) {
	if _, ok := w.Users.Get(id); ok {
		c := w.AppDM(id)
		return c, mayPost(w, c)
	}
	c, err := visible(w, id)
	if err != nil {
		return nil, err
	}
	return c, mayPost(w, c)
}

func mayPost(w *workspace.Workspace, c *workspace.Conversation) error {
	switch {
	case c.Archived:
		return Failure("is_archived")
	case !c.BotMember && !publicWrite(w):
		return Failure("not_in_channel")
	case c.ReadOnly:
		return Failure("restricted_action_read_only_channel")
	case c.Kind == workspace.DM && w.Settings.MessagesTabDisabled:
		return Failure("messages_tab_disabled")
	}
	return nil
}

func publicWrite(w *workspace.Workspace) bool {
	return w.Settings.PublicWrite || slices.Contains(w.Settings.Scopes, "chat:write.public")
}
