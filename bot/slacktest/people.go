package slacktest

// User is a person or an app as Slack knows them.
type User struct {
	ID         string
	Name       string // the display name
	TeamID     string // default Config.TeamID; another one makes them external (Slack Connect)
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

// slackbot speaks when Slack itself has something to say.
const slackbot = "USLACKBOT"

// AddUser adds a user, or replaces the one with the same id.
func (s *Slack) AddUser(u User) {
	if u.TeamID == "" {
		u.TeamID = s.cfg.TeamID
	}
	if u.Name == "" {
		u.Name = u.ID
	}
	s.change(func(w *world) { w.users.put(u.ID, u) })
}

// AddGroup adds a user group, or replaces the one with the same id.
func (s *Slack) AddGroup(g Group) {
	if g.Handle == "" {
		g.Handle = g.ID
	}
	s.change(func(w *world) { w.groups.put(g.ID, g) })
}

// userName is what people see for a user id.
func (w *world) userName(id string) string {
	if u, ok := w.users.get(id); ok {
		return u.Name
	}
	return id
}

// anybody returns the id of the user who was added first, the bot and Slackbot apart, or "".
func (w *world) anybody() string {
	for _, u := range w.users.all() {
		if !u.Bot {
			return u.ID
		}
	}
	return ""
}
