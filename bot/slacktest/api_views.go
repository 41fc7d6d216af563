package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
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

// trigger lets the bot open one modal, soon after a person did something.
type trigger struct {
	user    string
	expires time.Time
	used    bool
}

// triggerLife is how long a trigger id works (interactivity/handling-user-interaction).
const triggerLife = 3 * time.Second

// NewTriggerID makes a trigger id for something that a user did now. It opens one modal within
// three seconds.
func (s *Slack) NewTriggerID(userID string) string {
	var id string
	s.change(func(w *world) { id = w.newTrigger(userID) })
	return id
}

func (w *world) newTrigger(userID string) string {
	id := w.newID("") + "." + w.newSecret()
	w.triggers.put(id, &trigger{user: userID, expires: w.cfg.Now().Add(triggerLife)})
	return id
}

// Views returns every view, in the order in which they were opened.
func (s *Slack) Views() []View {
	return look(s, func(w *world) []View {
		var all []View
		for _, v := range w.views.all() {
			all = append(all, *v)
		}
		return all
	})
}

// maxViewBytes is from reference/methods/views.open.
const maxViewBytes = 250_000

// viewsOpen is reference/methods/views.open.
func (w *world) viewsOpen(args arguments) (reply, error) {
	t, ok := w.triggers.get(args.Get("trigger_id"))
	switch {
	case !ok:
		return nil, failure("invalid_trigger_id")
	case t.used:
		return nil, failure("exchanged_trigger_id")
	case w.cfg.Now().After(t.expires):
		return nil, failure("expired_trigger_id")
	}
	v := &View{ID: w.newID("V0"), UserID: t.user}
	if err := w.fill(v, "views.open", "modal", args); err != nil {
		return nil, err
	}
	t.used = true
	return w.show(v)
}

// viewsUpdate is reference/methods/views.update.
func (w *world) viewsUpdate(args arguments) (reply, error) {
	v := w.findView(func(v *View) bool {
		return v.ID == args.Get("view_id") || (v.ExternalID != "" && v.ExternalID == args.Get("external_id"))
	})
	if v == nil {
		return nil, failure("not_found")
	}
	if err := w.fill(v, "views.update", v.Type, args); err != nil {
		return nil, err
	}
	return w.show(v)
}

// viewsPublish is reference/methods/views.publish.
func (w *world) viewsPublish(args arguments) (reply, error) {
	user := args.Get("user_id")
	if _, ok := w.users.get(user); !ok {
		return nil, failure("user_not_found")
	}
	if w.cfg.HomeTabDisabled {
		return nil, failure("not_enabled")
	}
	v := w.home(user)
	if v == nil {
		v = &View{ID: w.newID("V0"), UserID: user}
	}
	if err := w.fill(v, "views.publish", "home", args); err != nil {
		return nil, err
	}
	return w.show(v)
}

func (w *world) findView(is func(*View) bool) *View {
	for _, v := range w.views.all() {
		if is(v) {
			return v
		}
	}
	return nil
}

// fill gives a view its content, unless somebody else's update came first (hash_conflict), the
// external id is another view's, it is of another kind than due or a limit is broken.
func (w *world) fill(v *View, method, kind string, args arguments) error {
	body := json.RawMessage(args.Get("view"))
	if hash := args.Get("hash"); hash != "" && v.Hash != "" && hash != v.Hash {
		return failure("hash_conflict")
	}
	if found := CheckView(body); len(found) > 0 {
		w.violate(method, found)
		return failureWith("invalid_arguments", found)
	}
	if len(body) > maxViewBytes {
		w.violate(method, []string{fmt.Sprintf("view: %d bytes, at most %d", len(body), maxViewBytes)})
		return failure("view_too_large")
	}
	var n node
	_ = json.Unmarshal(body, &n) // CheckView could
	if n.text("type") != kind {
		return failureWith("invalid_arguments", []string{"view.type: must be " + kind})
	}
	external := n.text("external_id")
	if external != "" && w.findView(func(other *View) bool { return other != v && other.ExternalID == external }) != nil {
		return failure("duplicate_external_id")
	}
	v.Type, v.ExternalID, v.Body, v.Hash = n.text("type"), external, body, w.newSecret()
	return nil
}

// show stores a view and answers with it.
func (w *world) show(v *View) (reply, error) {
	w.views.put(v.ID, v)
	return reply{"view": w.viewJSON(v)}, nil
}

// viewJSON is a view as Slack's API shows it.
func (w *world) viewJSON(v *View) reply {
	body := reply{}
	_ = json.Unmarshal(v.Body, &body) // CheckView could
	maps.Copy(body, reply{
		"id": v.ID, "root_view_id": v.ID, "hash": v.Hash, "team_id": w.cfg.TeamID,
		"app_id": w.cfg.AppID, "bot_id": w.cfg.BotID,
	})
	return body
}
