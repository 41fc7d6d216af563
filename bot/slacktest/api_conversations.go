package slacktest

import (
	"encoding/base64"
	"slices"
	"strings"
)

// conversationsHistory is reference/methods/conversations.history: the newest first, and of the
// replies only those also sent to the channel.
func (w *world) conversationsHistory(args arguments) (reply, error) {
	c, err := w.readable(args.Get("channel"))
	if err != nil {
		return nil, err
	}
	found := c.where(func(m *Message) bool {
		return m.VisibleTo == "" && (m.ThreadTS == "" || m.Broadcast) && inRange(m.TS, args)
	})
	slices.Reverse(found)
	return w.page(c, found, args, 100)
}

// conversationsReplies is reference/methods/conversations.replies: the parent, then its replies,
// the oldest first.
func (w *world) conversationsReplies(args arguments) (reply, error) {
	c, err := w.readable(args.Get("channel"))
	if err != nil {
		return nil, err
	}
	found := c.thread(args.Get("ts"))
	if len(found) == 0 {
		return nil, failure("thread_not_found")
	}
	found = slices.DeleteFunc(found, func(m *Message) bool { return !inRange(m.TS, args) })
	return w.page(c, found, args, 1000)
}

// inRange applies oldest, latest and inclusive. Message ids compare as text: they have ten digits
// before the point from 2001 until 2286, and always six after it.
func inRange(ts string, args arguments) bool {
	oldest, latest := args.Get("oldest"), args.Get("latest")
	if args.flag("inclusive") && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || ts > oldest) && (latest == "" || ts < latest)
}

// page answers one page of messages; the cursor names the first message of the next.
func (w *world) page(c *conversation, found []*Message, args arguments, limit int) (reply, error) {
	if cursor := args.Get("cursor"); cursor != "" {
		ts, err := base64.StdEncoding.DecodeString(cursor)
		start := slices.IndexFunc(found, func(m *Message) bool { return m.TS == string(ts) })
		if err != nil || start < 0 {
			return nil, failure("invalid_cursor")
		}
		found = found[start:]
	}
	shown := found[:min(len(found), args.number("limit", limit))]
	messages := make([]reply, len(shown))
	for i, m := range shown {
		messages[i] = w.messageJSON(c, m, args.flag("include_all_metadata"))
	}
	body := reply{"messages": messages, "has_more": len(found) > len(shown)}
	if len(found) > len(shown) {
		next := base64.StdEncoding.EncodeToString([]byte(found[len(shown)].TS))
		body["response_metadata"] = reply{"next_cursor": next}
	}
	return body, nil
}

// conversationsInfo is reference/methods/conversations.info.
func (w *world) conversationsInfo(args arguments) (reply, error) {
	c, err := w.visible(args.Get("channel"))
	if err != nil {
		return nil, err
	}
	return reply{"channel": channelJSON(c)}, nil
}

// conversationsOpen is reference/methods/conversations.open for one user at a time: the direct
// messages between them and the app.
func (w *world) conversationsOpen(args arguments) (reply, error) {
	if id := args.Get("channel"); id != "" {
		c, err := w.readable(id)
		if err != nil {
			return nil, err
		}
		return reply{"no_op": true, "already_open": true, "channel": channelJSON(c)}, nil
	}
	users := strings.Split(args.Get("users"), ",")
	if len(users) > 1 {
		return nil, failure("too_many_users")
	}
	if _, ok := w.users.get(users[0]); !ok {
		return nil, failure("user_not_found")
	}
	open := w.openDM(users[0]) != nil
	c := w.appDM(users[0])
	return reply{"no_op": open, "already_open": open, "channel": channelJSON(c)}, nil
}
