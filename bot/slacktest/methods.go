package slacktest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
)

// method is one method of the Web API.
type method struct {
	// scopes are those that allow it. Where Slack has one for each kind of channel, they are all
	// listed and the channel of a call decides.
	scopes []string
	run    func(*world, arguments) (reply, error)
}

// methods returns every method this Slack knows, by name; the scopes are from reference/methods.
func methods() map[string]method {
	history := []string{"channels:history", "groups:history", "im:history", "mpim:history"}
	write := []string{"chat:write"}
	return map[string]method{
		"auth.test":                 {nil, (*world).authTest},
		"chat.delete":               {write, (*world).chatDelete},
		"chat.getPermalink":         {nil, (*world).chatGetPermalink},
		"chat.postEphemeral":        {write, (*world).chatPostEphemeral},
		"chat.postMessage":          {write, (*world).chatPostMessage},
		"chat.update":               {write, (*world).chatUpdate},
		"conversations.history":     {history, (*world).conversationsHistory},
		"conversations.info":        {[]string{"channels:read", "groups:read", "im:read", "mpim:read"}, (*world).conversationsInfo},
		"conversations.open":        {[]string{"im:write"}, (*world).conversationsOpen},
		"conversations.replies":     {history, (*world).conversationsReplies},
		"functions.completeError":   {nil, (*world).functionsCompleteError},
		"functions.completeSuccess": {nil, (*world).functionsCompleteSuccess},
		"usergroups.list":           {[]string{"usergroups:read"}, (*world).usergroupsList},
		"usergroups.users.list":     {[]string{"usergroups:read"}, (*world).usergroupsUsersList},
		"users.info":                {[]string{"users:read"}, (*world).usersInfo},
		"views.open":                {nil, (*world).viewsOpen},
		"views.publish":             {nil, (*world).viewsPublish},
		"views.update":              {nil, (*world).viewsUpdate},
	}
}

// ScopesOf returns the bot scopes any of which allows a Web API method (which one may depend on
// the kind of channel), none if it needs none, and false for a method that this Slack does not
// know. An app's manifest can be held against it.
func ScopesOf(name string) ([]string, bool) {
	m, ok := methods()[name]
	return m.scopes, ok
}

// serveMethod answers one call of the Web API.
func (s *Slack) serveMethod(w http.ResponseWriter, r *http.Request) {
	name := mux.Vars(r)["method"]
	args, body, err := readArguments(r)
	token := tokenOf(r, args)
	args.Del("token")
	call := Call{Method: name, Channel: args.Get("channel"), Form: args.Values, Body: body}
	s.exchange(w, r, call, http.StatusOK, func(world *world) answer {
		if err != nil {
			return errorAnswer(http.StatusOK, err)
		}
		a := answerTo(s.call(world, name, token, args))
		a.header.Set("X-OAuth-Scopes", strings.Join(s.grantedScopes(), ","))
		return a
	})
}

// call runs a method, if the token may.
func (s *Slack) call(w *world, name, token string, args arguments) (reply, error) {
	m, ok := s.methods[name]
	if !ok {
		return nil, apiError{"unknown_method", reply{"req_method": name}}
	}
	if err := w.authenticate(token); err != nil {
		return nil, err
	}
	if needed := w.neededScope(m, args); needed != "" && !slices.Contains(s.grantedScopes(), needed) {
		return nil, apiError{"missing_scope", reply{"needed": needed, "provided": strings.Join(s.grantedScopes(), ",")}}
	}
	return m.run(w, args)
}

// tokenOf finds the token in the header or, failing that, in the form. Tokens in a query string
// are refused by Slack for all but old apps.
func tokenOf(r *http.Request, args arguments) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return token
	}
	if r.Method == http.MethodGet {
		return ""
	}
	return args.Get("token")
}

// authenticate lets the bot's token in, and a workflow's while its step runs.
func (w *world) authenticate(token string) error {
	switch {
	case token == "":
		return failure("not_authed")
	case token != w.cfg.BotToken && !w.isWorkflowToken(token):
		return failure("invalid_auth")
	}
	return nil
}

// neededScope returns the scope a call needs, "" for none.
func (w *world) neededScope(m method, args arguments) string {
	switch len(m.scopes) {
	case 0:
		return ""
	case 1:
		return m.scopes[0]
	}
	kinds := []Kind{Public, Private, DM, MPIM} // the order in which methods lists them
	if c, ok := w.channels.get(args.Get("channel")); ok {
		return m.scopes[slices.Index(kinds, c.Kind)]
	}
	return m.scopes[0]
}

// grantedScopes are those of the configuration, or all there are.
func (s *Slack) grantedScopes() []string {
	if s.cfg.Scopes != nil {
		return s.cfg.Scopes
	}
	all := []string{"commands"}
	if s.cfg.PublicWrite {
		all = append(all, "chat:write.public")
	}
	for _, m := range s.methods {
		all = append(all, m.scopes...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
