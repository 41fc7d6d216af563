package webapi

import "linqbot/bot/slacktest/internal/workspace"

// authTest is reference/methods/auth.test.
func authTest(w *workspace.Workspace, _ Arguments) (Reply, error) {
	body := Reply{
		"url": w.Settings.URL(), "team": w.Settings.TeamName, "team_id": w.Settings.TeamID,
		"user": w.Settings.BotName, "user_id": w.Settings.BotUserID, "bot_id": w.Settings.BotID,
		"is_enterprise_install": false,
	}
	if w.Settings.EnterpriseID != "" {
		body["enterprise_id"] = w.Settings.EnterpriseID
	}
	return body, nil
}

// usersInfo is reference/methods/users.info.
func usersInfo(w *workspace.Workspace, args Arguments) (Reply, error) {
	u, ok := w.Users.Get(args.Get("user"))
	if !ok {
		return nil, Failure("user_not_found")
	}
	return Reply{"user": userJSON(u)}, nil
}

// usergroupsList is reference/methods/usergroups.list.
func usergroupsList(w *workspace.Workspace, _ Arguments) (Reply, error) {
	groups := []Reply{}
	for _, g := range w.Groups.All() {
		groups = append(groups, Reply{
			"id": g.ID, "team_id": w.Settings.TeamID, "is_usergroup": true, "name": g.Handle, "handle": g.Handle,
			"date_delete": 0, "user_count": len(g.Members),
		})
	}
	return Reply{"usergroups": groups}, nil
}

// usergroupsUsersList is reference/methods/usergroups.users.list.
func usergroupsUsersList(w *workspace.Workspace, args Arguments) (Reply, error) {
	g, ok := w.Groups.Get(args.Get("usergroup"))
	if !ok {
		return nil, Failure("no_such_subteam")
	}
	return Reply{"users": append([]string{}, g.Members...)}, nil
}
