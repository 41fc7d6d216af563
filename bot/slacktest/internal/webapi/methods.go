package webapi

import (
	"net/http"
	"slices"
	"strings"

	"linqbot/bot/slacktest/internal/workspace"
)

// method is one method of the Web API.
type method struct {
	// scopes are those that allow it. Where Slack has one for each kind of channel, they are all
	// listed and the channel of a call decides.
	scopes []string
	run    func(*workspace.Workspace, Arguments) (Reply, error)
}

// methods returns every method this Slack knows, by name; the scopes are from reference/methods.
func methods() map[string]method {
	history := []string{"channels:history", "groups:history", "im:history", "mpim:history"}
	write := []string{"chat:write"}
	return map[string]method{
		"auth.test":                    {nil, authTest},
		"chat.delete":                  {write, chatDelete},
		"chat.getPermalink":            {nil, chatGetPermalink},
		"chat.postEphemeral":           {write, chatPostEphemeral},
		"chat.postMessage":             {write, chatPostMessage},
		"chat.update":                  {write, chatUpdate},
		"conversations.history":        {history, conversationsHistory},
		"conversations.info":           {[]string{"channels:read", "groups:read", "im:read", "mpim:read"}, conversationsInfo},
		"conversations.open":           {[]string{"im:write"}, conversationsOpen},
		"conversations.replies":        {history, conversationsReplies},
		"files.completeUploadExternal": {[]string{"files:write"}, filesCompleteUploadExternal},
		"files.getUploadURLExternal":   {[]string{"files:write"}, filesGetUploadURLExternal},
		"functions.completeError":      {nil, functionsCompleteError},
		"functions.completeSuccess":    {nil, functionsCompleteSuccess},
		"usergroups.list":              {[]string{"usergroups:read"}, usergroupsList},
		"usergroups.users.list":        {[]string{"usergroups:read"}, usergroupsUsersList},
		"users.info":                   {[]string{"users:read"}, usersInfo},
		"views.open":                   {nil, viewsOpen},
		"views.publish":                {nil, viewsPublish},
		"views.update":                 {nil, viewsUpdate},
	}
}

// ScopesOf returns the bot scopes any of which allows a Web API method (which one may depend on
// the kind of channel), none if it needs none, and false for a method that this Slack does not
// know. An app's manifest can be held against it.
func ScopesOf(name string) ([]string, bool) {
	m, ok := methods()[name]
	return m.scopes, ok
}

// API runs the methods.
type API struct {
	methods map[string]method
}

// New returns the methods that this Slack knows.
func New() API { return API{methods: methods()} }

// Call runs a method, if the token may, and answers with HTTP 200 whether it worked or not.
func (a API) Call(w *workspace.Workspace, name, token string, args Arguments) Answer {
	granted := a.grantedScopes(w.Settings)
	result := answerTo(a.run(w, granted, name, token, args))
	result.Header.Set("X-OAuth-Scopes", strings.Join(granted, ","))
	return result
}

func (a API) run(w *workspace.Workspace, granted []string, name, token string, args Arguments) (Reply, error) {
	m, ok := a.methods[name]
	if !ok {
		return nil, apiError{"unknown_method", Reply{"req_method": name}}
	}
	if err := authenticate(w, token); err != nil {
		return nil, err
	}
	if needed := neededScope(w, m, args); needed != "" && !slices.Contains(granted, needed) {
		return nil, apiError{"missing_scope", Reply{"needed": needed, "provided": strings.Join(granted, ",")}}
	}
	return m.run(w, args)
}

// TokenOf finds the token in the header or, failing that, in the form. Tokens in a query string
// are refused by Slack for all but old apps.
func TokenOf(r *http.Request, args Arguments) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	if r.Method == http.MethodGet {
		return ""
	}
	return args.Get("token")
}

// authenticate lets the bot's token in, and a workflow's while its step runs.
func authenticate(w *workspace.Workspace, token string) error {
	switch {
	case token == "":
		return Failure("not_authed")
	case token != w.Settings.BotToken && !w.IsWorkflowToken(token):
		return Failure("invalid_auth")
	}
	return nil
}

// neededScope returns the scope a call needs, "" for none.
func neededScope(w *workspace.Workspace, m method, args Arguments) string {
	switch len(m.scopes) {
	case 0:
		return ""
	case 1:
		return m.scopes[0]
	}
	kinds := []workspace.Kind{workspace.Public, workspace.Private, workspace.DM, workspace.MPIM} // the order in which methods lists them
	if c, ok := w.Channels.Get(args.Get("channel")); ok {
		return m.scopes[slices.Index(kinds, c.Kind)]
	}
	return m.scopes[0]
}

// grantedScopes are those of the configuration, or all there are.
func (a API) grantedScopes(settings workspace.Settings) []string {
	if settings.Scopes != nil {
		return settings.Scopes
	}
	all := []string{"commands"}
	if settings.PublicWrite {
		all = append(all, "chat:write.public")
	}
	for _, m := range a.methods {
		all = append(all, m.scopes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
