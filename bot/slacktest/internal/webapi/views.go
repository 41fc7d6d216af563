package webapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"

	"linqbot/bot/slacktest/internal/blocks"
	"linqbot/bot/slacktest/internal/workspace"
)

// maxViewBytes is from reference/methods/views.open.
const maxViewBytes = 250_000

// viewsOpen is reference/methods/views.open.
func viewsOpen(w *workspace.Workspace, args Arguments) (Reply, error) {
	t, ok := w.Triggers.Get(args.Get("trigger_id"))
	switch {
	case !ok:
		return nil, Failure("invalid_trigger_id")
	case t.Used:
		return nil, Failure("exchanged_trigger_id")
	case w.Settings.Now().After(t.Expires):
		return nil, Failure("expired_trigger_id")
	}
	v := &workspace.View{ID: w.NewID("V0"), UserID: t.User}
	if err := fill(w, v, "views.open", "modal", args); err != nil {
		return nil, err
	}
	t.Used = true
	return show(w, v)
}

// viewsUpdate is reference/methods/views.update.
func viewsUpdate(w *workspace.Workspace, args Arguments) (Reply, error) {
	v := w.FindView(func(v *workspace.View) bool {
		return v.ID == args.Get("view_id") || (v.ExternalID != "" && v.ExternalID == args.Get("external_id"))
	})
	if v == nil {
		return nil, Failure("not_found")
	}
	if err := fill(w, v, "views.update", v.Type, args); err != nil {
		return nil, err
	}
	return show(w, v)
}

// viewsPublish is reference/methods/views.publish.
func viewsPublish(w *workspace.Workspace, args Arguments) (Reply, error) {
	user := args.Get("user_id")
	if _, ok := w.Users.Get(user); !ok {
		return nil, Failure("user_not_found")
	}
	if w.Settings.HomeTabDisabled {
		return nil, Failure("not_enabled")
	}
	v := w.Home(user)
	if v == nil {
		v = &workspace.View{ID: w.NewID("V0"), UserID: user}
	}
	if err := fill(w, v, "views.publish", "home", args); err != nil {
		return nil, err
	}
	return show(w, v)
}

// UpdateView gives a modal another content, as the answer to its submission may.
func UpdateView(w *workspace.Workspace, id string, body json.RawMessage) error {
	v, ok := w.Views.Get(id)
	if !ok {
		return Failure("not_found")
	}
	return fill(w, v, "view_submission", v.Type, Arguments{Values: url.Values{"view": {string(body)}}})
}

// fill gives a view its content, unless somebody else's update came first (hash_conflict), the
// external id is another view's, it is of another kind than due or a limit is broken.
func fill(w *workspace.Workspace, v *workspace.View, method, kind string, args Arguments) error {
	body := json.RawMessage(args.Get("view"))
	if hash := args.Get("hash"); hash != "" && v.Hash != "" && hash != v.Hash {
		return Failure("hash_conflict")
	}
	if found := blocks.CheckView(body); len(found) > 0 {
		w.Violate(method, found)
		return failureWith("invalid_arguments", found)
	}
	if len(body) > maxViewBytes {
		w.Violate(method, []string{fmt.Sprintf("view: %d bytes, at most %d", len(body), maxViewBytes)})
		return Failure("view_too_large")
	}
	var n blocks.Node
	_ = json.Unmarshal(body, &n) // CheckView could
	if n.Text("type") != kind {
		return failureWith("invalid_arguments", []string{"view.type: must be " + kind})
	}
	external := n.Text("external_id")
	if external != "" && w.FindView(func(other *workspace.View) bool { return other != v && other.ExternalID == external }) != nil {
		return Failure("duplicate_external_id")
	}
	v.Type, v.ExternalID, v.Body, v.Hash = n.Text("type"), external, body, w.NewSecret()
	return nil
}

// show stores a view and answers with it.
func show(w *workspace.Workspace, v *workspace.View) (Reply, error) {
	w.Views.Put(v.ID, v)
	return Reply{"view": ViewJSON(w, v)}, nil
}

// ViewJSON is a view as Slack's API shows it.
func ViewJSON(w *workspace.Workspace, v *workspace.View) Reply {
	body := Reply{}
	_ = json.Unmarshal(v.Body, &body) // CheckView could
	maps.Copy(body, Reply{
		"id": v.ID, "root_view_id": v.ID, "hash": v.Hash, "team_id": w.Settings.TeamID,
		"app_id": w.Settings.AppID, "bot_id": w.Settings.BotID,
	})
	return body
}
