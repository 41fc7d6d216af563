package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// OpenHome has a user open the app's Home tab, and returns the bot's answer to that. The event holds
// the view that stands there, none on the first opening (reference/events/app_home_opened). With the tab
// off there is no event.
func (s *Slack) OpenHome(ctx context.Context, botURL, userID string) (Ack, error) {
	if s.cfg.HomeTabDisabled {
		return Ack{}, fmt.Errorf("slacktest: the Home tab is off")
	}
	event := look(s, func(w *world) map[string]any {
		event := map[string]any{
			"type": "app_home_opened", "user": userID, "channel": w.appDM(userID).ID, "tab": "home", "event_ts": w.newTS(),
		}
		if v := w.home(userID); v != nil {
			event["view"] = w.viewJSON(v)
		}
		return event
	})
	return s.SendEvent(ctx, botURL, s.Envelope(event))
}

// Home prints what a user sees in the app's Home tab, "" when nothing was published for them.
func (s *Slack) Home(userID string) string {
	return look(s, func(w *world) string {
		v := w.home(userID)
		if v == nil {
			return ""
		}
		header := w.cfg.BotName + " · Home · " + w.userName(userID)
		var body struct{ Blocks json.RawMessage }
		_ = json.Unmarshal(v.Body, &body) // it was checked when it was published
		return header + "\n" + strings.Repeat("─", utf8.RuneCountInString(header)) + "\n" + w.renderBlocks(body.Blocks) + "\n"
	})
}

// HomeView returns a user's Home tab as the bot published it last, or false if it never did.
func (s *Slack) HomeView(userID string) (View, bool) {
	found := look(s, func(w *world) View {
		if v := w.home(userID); v != nil {
			return *v
		}
		return View{}
	})
	return found, found.ID != ""
}

// PressHome has a user press a button of their Home tab, and returns the bot's answer to that. The
// button is found by its action id and value. There is no response_url, and no channel
// (reference/interaction-payloads/block_actions-payload).
func (s *Slack) PressHome(ctx context.Context, botURL, userID, actionID, value string) (Ack, error) {
	v, ok := s.HomeView(userID)
	if !ok {
		return Ack{}, fmt.Errorf("slacktest: %s has no home", userID)
	}
	var body struct{ Blocks []node }
	_ = json.Unmarshal(v.Body, &body) // it was checked when it was published
	for i, block := range body.Blocks {
		for _, e := range append(block.children("elements"), block.child("accessory")) {
			if e.text("type") != "button" || e.text("action_id") != actionID || e.text("value") != value {
				continue
			}
			id := block.text("block_id")
			if id == "" {
				id = fmt.Sprintf("b%d", i) // Slack gives it one
			}
			return s.pressInView(ctx, botURL, v, map[string]any{
				"type": "button", "action_id": actionID, "block_id": id, "value": value, "text": e["text"],
			})
		}
	}
	return Ack{}, fmt.Errorf("slacktest: no button %s with the value %q at home: %s", actionID, value, s.Home(userID))
}

func (s *Slack) pressInView(ctx context.Context, botURL string, v View, action map[string]any) (Ack, error) {
	payload := look(s, func(w *world) map[string]any {
		user, _ := w.users.get(v.UserID)
		return map[string]any{
			"type": "block_actions", "trigger_id": w.newTrigger(v.UserID), "api_app_id": w.cfg.AppID,
			"team": map[string]any{"id": w.cfg.TeamID}, "user": map[string]any{"id": v.UserID, "team_id": user.TeamID},
			"container": map[string]any{"type": "view", "view_id": v.ID}, "view": w.viewJSON(&v),
			"enterprise": nil, "is_enterprise_install": false, "actions": []any{action},
		}
	})
	return s.SendInteraction(ctx, botURL, payload)
}

// home returns a user's Home tab, or nil.
func (w *world) home(userID string) *View {
	return w.findView(func(v *View) bool { return v.Type == "home" && v.UserID == userID })
}
