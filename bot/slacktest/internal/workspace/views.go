package workspace

import (
	"encoding/json"
	"time"
)

// View is a modal or a Home tab.
type View struct {
	ID         string
	UserID     string // who sees it
	Type       string // "modal" or "home"
	ExternalID string
	Hash       string          // changes with every update
	Body       json.RawMessage // as the bot sent it
}

// FindView returns the first view of which is is true, or nil.
func (w *Workspace) FindView(is func(*View) bool) *View {
	for _, v := range w.Views.All() {
		if is(v) {
			return v
		}
	}
	return nil
}

// Home returns a user's Home tab, or nil.
func (w *Workspace) Home(userID string) *View {
	return w.FindView(func(v *View) bool { return v.Type == "home" && v.UserID == userID })
}

// Trigger lets the bot open one modal, soon after a person did something.
type Trigger struct {
	User    string
	Expires time.Time
	Used    bool
}

// triggerLife is how long a trigger id works (interactivity/handling-user-interaction).
const triggerLife = 3 * time.Second

// NewTrigger makes a trigger id for something that a user did now.
func (w *Workspace) NewTrigger(userID string) string {
	id := w.NewID("") + "." + w.NewSecret()
	w.Triggers.Put(id, &Trigger{User: userID, Expires: w.Settings.Now().Add(triggerLife)})
	return id
}
