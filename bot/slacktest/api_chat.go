package slacktest

import (
	"strings"
	"unicode/utf8"
)

// chatPostMessage is reference/methods/chat.postMessage.
func (w *world) chatPostMessage(args arguments) (reply, error) {
	c, err := w.writable(args.Get("channel"))
	if err != nil {
		return nil, err
	}
	said, err := w.content("chat.postMessage", args)
	if err != nil {
		return nil, err
	}
	if said.empty() {
		return nil, failure("no_text")
	}
	parent := args.Get("thread_ts")
	if err := c.mayReplyTo(parent); err != nil {
		return nil, err
	}
	m := w.post(c, Message{
		ThreadTS: parent, Author: w.cfg.BotUserID,
		Text: said.text, Blocks: said.blocks, Metadata: said.metadata,
		Broadcast: parent != "" && args.flag("reply_broadcast"),
	})
	return reply{"channel": c.ID, "ts": m.TS, "message": w.messageJSON(c, m, true)}, nil
}

// mayReplyTo refuses a thread that is not there, and a reply to a reply.
func (c *conversation) mayReplyTo(ts string) error {
	if ts == "" {
		return nil
	}
	parent, ok := c.message(ts)
	switch {
	case !ok:
		return failure("thread_not_found")
	case parent.ThreadTS != "":
		return failure("cannot_reply_to_message")
	}
	return nil
}

// chatPostEphemeral is reference/methods/chat.postEphemeral.
func (w *world) chatPostEphemeral(args arguments) (reply, error) {
	c, err := w.visible(args.Get("channel"))
	if err != nil {
		return nil, err
	}
	if err := w.mayPost(c); err != nil {
		return nil, err
	}
	user := args.Get("user")
	if !w.isMember(c, user) {
		return nil, failure("user_not_in_channel")
	}
	said, err := w.content("chat.postEphemeral", args)
	if err != nil {
		return nil, err
	}
	if said.empty() {
		return nil, failure("no_text")
	}
	m := w.post(c, Message{
		ThreadTS: args.Get("thread_ts"), Author: w.cfg.BotUserID, VisibleTo: user,
		Text: said.text, Blocks: said.blocks,
	})
	return reply{"message_ts": m.TS}, nil
}

// chatUpdate is reference/methods/chat.update.
func (w *world) chatUpdate(args arguments) (reply, error) {
	c, m, err := w.ownMessage(args, "cant_update_message")
	if err != nil {
		return nil, err
	}
	said, err := w.content("chat.update", args)
	if err != nil {
		return nil, err
	}
	switch {
	case said.empty() && !said.hasMetadata:
		return nil, failure("no_text")
	case utf8.RuneCountInString(said.text) > advisedText:
		return nil, failure("msg_too_long")
	}
	w.edit(m, said)
	return reply{"channel": c.ID, "ts": m.TS, "text": m.Text, "message": w.messageJSON(c, m, true)}, nil
}

// chatDelete is reference/methods/chat.delete.
func (w *world) chatDelete(args arguments) (reply, error) {
	c, m, err := w.ownMessage(args, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	c.remove(m)
	return reply{"channel": c.ID, "ts": m.TS}, nil
}

// ownMessage finds the message of the bot's that a call names; foreign is the failure if it is
// somebody else's.
func (w *world) ownMessage(args arguments, foreign string) (*conversation, *Message, error) {
	c, err := w.visible(args.Get("channel"))
	if err != nil {
		return nil, nil, err
	}
	m, ok := c.message(args.Get("ts"))
	switch {
	case c.Archived:
		return nil, nil, failure("is_archived")
	case !ok:
		return nil, nil, failure("message_not_found")
	case m.Author != w.cfg.BotUserID:
		return nil, nil, failure(foreign)
	}
	return c, m, nil
}

// chatGetPermalink is reference/methods/chat.getPermalink.
func (w *world) chatGetPermalink(args arguments) (reply, error) {
	c, err := w.visible(args.Get("channel"))
	if err != nil {
		return nil, err
	}
	m, ok := c.message(args.Get("message_ts"))
	if !ok {
		return nil, failure("message_not_found")
	}
	return reply{"channel": c.ID, "permalink": w.permalink(c, m)}, nil
}

func (w *world) permalink(c *conversation, m *Message) string {
	link := w.cfg.workspaceURL() + "archives/" + c.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + c.ID
	}
	return link
}
