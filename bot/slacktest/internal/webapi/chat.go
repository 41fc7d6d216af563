package webapi

import (
	"strings"
	"unicode/utf8"

	"linqbot/bot/slacktest/internal/blocks"
	"linqbot/bot/slacktest/internal/workspace"
)

// chatPostMessage is reference/methods/chat.postMessage.
func chatPostMessage(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, err := writable(w, args.Get("channel"))
	if err != nil {
		return nil, err
	}
	said, err := ReadContent(w, "chat.postMessage", args)
	if err != nil {
		return nil, err
	}
	if said.Empty() {
		return nil, Failure("no_text")
	}
	parent := args.Get("thread_ts")
	if err := mayReplyTo(c, parent); err != nil {
		return nil, err
	}
	m := w.Post(c, workspace.Message{
		ThreadTS: parent, Author: w.Settings.BotUserID,
		Text: said.Text, Blocks: said.Blocks, Metadata: said.Metadata,
		Broadcast: parent != "" && args.flag("reply_broadcast"),
	})
	return Reply{"channel": c.ID, "ts": m.TS, "message": messageJSON(w, c, m, true)}, nil
}

// mayReplyTo refuses a thread that is not there, and a reply to a reply.
func mayReplyTo(c *workspace.Conversation, ts string) error {
	if ts == "" {
		return nil
	}
	parent, ok := c.Message(ts)
	switch {
	case !ok:
		return Failure("thread_not_found")
	case parent.ThreadTS != "":
		return Failure("cannot_reply_to_message")
	}
	return nil
}

// chatPostEphemeral is reference/methods/chat.postEphemeral.
func chatPostEphemeral(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, err := visible(w, args.Get("channel"))
	if err != nil {
		return nil, err
	}
	if err := mayPost(w, c); err != nil {
		return nil, err
	}
	user := args.Get("user")
	if !w.IsMember(c, user) {
		return nil, Failure("user_not_in_channel")
	}
	said, err := ReadContent(w, "chat.postEphemeral", args)
	if err != nil {
		return nil, err
	}
	if said.Empty() {
		return nil, Failure("no_text")
	}
	m := w.Post(c, workspace.Message{
		ThreadTS: args.Get("thread_ts"), Author: w.Settings.BotUserID, VisibleTo: user,
		Text: said.Text, Blocks: said.Blocks,
	})
	return Reply{"message_ts": m.TS}, nil
}

// chatUpdate is reference/methods/chat.update.
func chatUpdate(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, m, err := ownMessage(w, args, "cant_update_message")
	if err != nil {
		return nil, err
	}
	said, err := ReadContent(w, "chat.update", args)
	if err != nil {
		return nil, err
	}
	switch {
	case said.Empty() && !said.HasMetadata:
		return nil, Failure("no_text")
	case utf8.RuneCountInString(said.Text) > blocks.AdvisedText:
		return nil, Failure("msg_too_long")
	}
	w.Edit(m, said)
	return Reply{"channel": c.ID, "ts": m.TS, "text": m.Text, "message": messageJSON(w, c, m, true)}, nil
}

// chatDelete is reference/methods/chat.delete.
func chatDelete(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, m, err := ownMessage(w, args, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.Remove(m)
	return Reply{"channel": c.ID, "ts": m.TS}, nil
}

// ownMessage finds the message of the bot's that a call names; foreign is the failure if it is
// somebody else's.
func ownMessage(w *workspace.Workspace, args Arguments, foreign string) (*workspace.Conversation, *workspace.Message, error) {
	c, err := visible(w, args.Get("channel"))
	if err != nil {
		return nil, nil, err
	}
	m, ok := c.Message(args.Get("ts"))
	switch {
	case c.Archived:
		return nil, nil, Failure("is_archived")
	case !ok:
		return nil, nil, Failure("message_not_found")
	case m.Author != w.Settings.BotUserID:
		return nil, nil, Failure(foreign)
	}
	return c, m, nil
}

// chatGetPermalink is reference/methods/chat.getPermalink.
func chatGetPermalink(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, err := visible(w, args.Get("channel"))
	if err != nil {
		return nil, err
	}
	m, ok := c.Message(args.Get("message_ts"))
	if !ok {
		return nil, Failure("message_not_found")
	}
	return Reply{"channel": c.ID, "permalink": permalink(w, c, m)}, nil
}

func permalink(w *workspace.Workspace, c *workspace.Conversation, m *workspace.Message) string {
	link := w.Settings.URL() + "archives/" + c.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + c.ID
	}
	return link
}
