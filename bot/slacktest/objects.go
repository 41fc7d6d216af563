package slacktest

// messageJSON is a message as Slack's API shows it.
func (w *world) messageJSON(c *conversation, m *Message, withMetadata bool) reply {
	body := reply{"type": "message", "user": m.Author, "text": m.Text, "ts": m.TS, "team": w.cfg.TeamID}
	if m.Author == w.cfg.BotUserID {
		body["bot_id"], body["app_id"] = w.cfg.BotID, w.cfg.AppID
	}
	if m.Blocks != nil {
		body["blocks"] = m.Blocks
	}
	if m.Edited {
		body["edited"] = reply{"user": m.Author, "ts": m.TS}
	}
	if m.Metadata != nil && withMetadata {
		body["metadata"] = m.Metadata
	}
	if m.Broadcast {
		body["subtype"] = "thread_broadcast"
	}
	if m.ThreadTS != "" {
		body["thread_ts"] = m.ThreadTS
	} else if thread := c.thread(m.TS); len(thread) > 1 {
		body["thread_ts"] = m.TS
		body["reply_count"] = len(thread) - 1
		body["latest_reply"] = thread[len(thread)-1].TS
	}
	return body
}

// channelJSON is a channel as Slack's API shows it.
func channelJSON(c *conversation) reply {
	body := reply{
		"id": c.ID, "name": c.Name, "is_archived": c.Archived, "is_member": c.BotMember,
		"is_channel": c.Kind == Public, "is_group": c.Kind == Private,
		"is_im": c.Kind == DM, "is_mpim": c.Kind == MPIM, "is_private": c.Kind != Public,
		"is_shared": c.ExtShared, "is_ext_shared": c.ExtShared,
	}
	if c.Kind == DM && len(c.Members) == 1 {
		body["user"] = c.Members[0]
	}
	return body
}

// userJSON is a user as Slack's API shows them.
func userJSON(u User) reply {
	return reply{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.Name,
		"profile": reply{"display_name": u.Name, "real_name": u.Name},
		"is_bot":  u.Bot, "deleted": u.Deleted, "is_restricted": u.Restricted,
	}
}
