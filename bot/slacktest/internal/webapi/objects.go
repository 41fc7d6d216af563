package webapi

import "linqbot/bot/slacktest/internal/workspace"

// messageJSON is a message as Slack's API shows it.
func messageJSON(w *workspace.Workspace, c *workspace.Conversation, m *workspace.Message, withMetadata bool) Reply {
	body := Reply{"type": "message", "user": m.Author, "text": m.Text, "ts": m.TS, "team": w.Settings.TeamID}
	if m.Author == w.Settings.BotUserID {
		body["bot_id"], body["app_id"] = w.Settings.BotID, w.Settings.AppID
	}
	if m.Blocks != nil {
		body["blocks"] = m.Blocks
	}
	if m.Files != nil {
		files := make([]Reply, len(m.Files))
		for i, file := range m.Files {
			files[i] = Reply{"id": file.ID, "name": file.Name, "title": file.Title, "user": m.Author, "size": file.Length}
		}
		body["files"] = files
	}
	if m.Edited {
		body["edited"] = Reply{"user": m.Author, "ts": m.TS}
	}
	if m.Metadata != nil && withMetadata {
		body["metadata"] = m.Metadata
	}
	if m.Broadcast {
		body["subtype"] = "thread_broadcast"
	}
	if m.ThreadTS != "" {
		body["thread_ts"] = m.ThreadTS
	} else if thread := c.Thread(m.TS); len(thread) > 1 {
		body["thread_ts"] = m.TS
		body["reply_count"] = len(thread) - 1
		body["latest_reply"] = thread[len(thread)-1].TS
	}
	return body
}

// channelJSON is a channel as Slack's API shows it.
func channelJSON(c *workspace.Conversation) Reply {
	body := Reply{
		"id": c.ID, "name": c.Name, "is_archived": c.Archived, "is_member": c.BotMember,
		"is_channel": c.Kind == workspace.Public, "is_group": c.Kind == workspace.Private,
		"is_im": c.Kind == workspace.DM, "is_mpim": c.Kind == workspace.MPIM, "is_private": c.Kind != workspace.Public,
		"is_shared": c.ExtShared, "is_ext_shared": c.ExtShared,
	}
	if c.Kind == workspace.DM && len(c.Members) == 1 {
		body["user"] = c.Members[0]
	}
	return body
}

// userJSON is a user as Slack's API shows them.
func userJSON(u workspace.User) Reply {
	return Reply{
		"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.Name,
		"profile": Reply{"display_name": u.Name, "real_name": u.Name},
		"is_bot":  u.Bot, "deleted": u.Deleted, "is_restricted": u.Restricted,
	}
}
