package workspace

import "cmp"

// User is a person or an app as Slack knows them.
type User struct {
	ID         string
	Name       string // the display name
	TeamID     string // default that of the workspace; another one makes them external (Slack Connect)
	Bot        bool
	Deleted    bool
	Restricted bool // a guest
}

// Group is a user group, such as @support.
type Group struct {
	ID      string // S…
	Handle  string // without the @
	Members []string
}

// Slackbot speaks when Slack itself has something to say.
const Slackbot = "USLACKBOT"

// AddUser adds a user, or replaces the one with the same id.
func (w *Workspace) AddUser(u User) {
	u.TeamID = cmp.Or(u.TeamID, w.Settings.TeamID)
	u.Name = cmp.Or(u.Name, u.ID)
	w.Users.Put(u.ID, u)
}

// AddGroup adds a user group, or replaces the one with the same id.
func (w *Workspace) AddGroup(g Group) {
	g.Handle = cmp.Or(g.Handle, g.ID)
	w.Groups.Put(g.ID, g)
}

// UserName is what people see for a user id.
func (w *Workspace) UserName(id string) string {
	if u, ok := w.Users.Get(id); ok {
		return u.Name
	}
	return id
}

// Anybody returns the id of the user who was added first, the bot and Slackbot apart, or "".
func (w *Workspace) Anybody() string {
	for _, u := range w.Users.All() {
		if !u.Bot {
			return u.ID
		}
	}
	return ""
}

// GroupHandle is what people see for a user group's id.
func (w *Workspace) GroupHandle(id string) string {
	if g, ok := w.Groups.Get(id); ok {
		return g.Handle
	}
	return id
}
