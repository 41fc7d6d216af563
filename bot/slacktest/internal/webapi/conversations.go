package webapi

import (
	"encoding/base64"
	"slices"
	"strings"

	"linqbot/bot/slacktest/internal/workspace"
)

// conversationsHistory is reference/methods/conversations.history: the newest first, and of the
// replies only those also sent to the channel.
func conversationsHistory(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, err := readable(w, args.Get("channel"))
	if err != nil {
		return nil, err
	}
	found := c.Where(func(m *workspace.Message) bool {
		return m.VisibleTo == "" && (m.ThreadTS == "" || m.Broadcast) && inRange(m.TS, args)
	})
	slices.Reverse(found)
	return page(w, c, found, args, 100)
}

// conversationsReplies is reference/methods/conversations.replies: the parent, then its replies,
// the oldest first.
func conversationsReplies(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, err := readable(w, args.Get("channel"))
	if err != nil {
		return nil, err
	}
	found := c.Thread(args.Get("ts"))
	if len(found) == 0 {
		return nil, Failure("thread_not_found")
	}
	found = slices.DeleteFunc(found, func(m *workspace.Message) bool { return !inRange(m.TS, args) })
	return page(w, c, found, args, 1000)
}

// inRange applies oldest, latest and inclusive. workspace.Message ids compare as text: they have ten digits
// before the point from 2001 until 2286, and always six after it.
func inRange(ts string, args Arguments) bool {
	oldest, latest := args.Get("oldest"), args.Get("latest")
	if args.flag("inclusive") && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || ts > oldest) && (latest == "" || ts < latest)
}

// page answers one page of messages; the cursor names the first message of the next.
func page(w *workspace.Workspace, c *workspace.Conversation, found []*workspace.Message, args Arguments, limit int) (Reply, error) {
	if cursor := args.Get("cursor"); cursor != "" {
		ts, err := base64.StdEncoding.DecodeString(cursor)
		start := slices.IndexFunc(found, func(m *workspace.Message) bool { return m.TS == string(ts) })
		if err != nil || start < 0 {
			return nil, Failure("invalid_cursor")
		}
		found = found[start:]
	}
	shown := found[:min(len(found), args.number("limit", limit))]
	messages := make([]Reply, len(shown))
	for i, m := range shown {
		messages[i] = messageJSON(w, c, m, args.flag("include_all_metadata"))
	}
	body := Reply{"messages": messages, "has_more": len(found) > len(shown)}
	if len(found) > len(shown) {
		next := base64.StdEncoding.EncodeToString([]byte(found[len(shown)].TS))
		body["response_metadata"] = Reply{"next_cursor": next}
	}
	return body, nil
}

// conversationsInfo is reference/methods/conversations.info.
func conversationsInfo(w *workspace.Workspace, args Arguments) (Reply, error) {
	c, err := visible(w, args.Get("channel"))
	if err != nil {
		return nil, err
	}
	return Reply{"channel": channelJSON(c)}, nil
}

// conversationsOpen is reference/methods/conversations.open for one user at a time: the direct
// messages between them and the app.
func conversationsOpen(w *workspace.Workspace, args Arguments) (Reply, error) {
	if id := args.Get("channel"); id != "" {
		c, err := readable(w, id)
		if err != nil {
			return nil, err
		}
		return Reply{"no_op": true, "already_open": true, "channel": channelJSON(c)}, nil
	}
	users := strings.Split(args.Get("users"), ",")
	if len(users) > 1 {
		return nil, Failure("too_many_users")
	}
	if _, ok := w.Users.Get(users[0]); !ok {
		return nil, Failure("user_not_found")
	}
	open := w.OpenDM(users[0]) != nil
	c := w.AppDM(users[0])
	return Reply{"no_op": open, "already_open": open, "channel": channelJSON(c)}, nil
}
