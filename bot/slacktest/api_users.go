package slacktest

import "slices"

// authTest is reference/methods/auth.test.
func (w *world) authTest(arguments) (reply, error) {
	body := reply{
		"url": w.cfg.workspaceURL(), "team": w.cfg.TeamName, "team_id": w.cfg.TeamID,
		"user": w.cfg.BotName, "user_id": w.cfg.BotUserID, "bot_id": w.cfg.BotID,
		"is_enterprise_install": false,
	}
	if w.cfg.EnterpriseID != "" {
		body["enterprise_id"] = w.cfg.EnterpriseID
	}
	return body, nil
}

// usersInfo is reference/methods/users.info.
func (w *world) usersInfo(args arguments) (reply, error) {
	u, ok := w.users.get(args.Get("user"))
	if !ok {
		return nil, failure("user_not_found")
	}
	return reply{"user": userJSON(u)}, nil
}

// usergroupsList is reference/methods/usergroups.list.
func (w *world) usergroupsList(arguments) (reply, error) {
	groups := []reply{}
	for _, g := range w.groups.all() {
		groups = append(groups, reply{
			"id": g.ID, "team_id": w.cfg.TeamID, "is_usergroup": true, "name": g.Handle, "handle": g.Handle,
			"date_delete": 0, "user_count": len(g.Members),
		})
	}
	return reply{"usergroups": groups}, nil
}

// usergroupsUsersList is reference/methods/usergroups.users.list.
func (w *world) usergroupsUsersList(args arguments) (reply, error) {
	g, ok := w.groups.get(args.Get("usergroup"))
	if !ok {
		return nil, failure("no_such_subteam")
	}
	return reply{"users": append([]string{}, g.Members...)}, nil
}

// isMember reports whether a user is in a channel.
func (w *world) isMember(c *conversation, userID string) bool {
	_, known := w.users.get(userID)
	return known && (len(c.Members) == 0 || slices.Contains(c.Members, userID))
}
