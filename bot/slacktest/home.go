package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"linqbot/bot/slacktest/internal/blocks"
	"linqbot/bot/slacktest/internal/render"
	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"
)

// OpenHome has a user open the app's Home tab, and returns the bot's answer to that. The event holds
// the view that stands there, none on the first opening (reference/events/app_home_opened). With the tab
// off there is no event.
func (s *Slack) OpenHome(ctx context.Context, botURL, userID string) (Ack, error) {
	if s.cfg.HomeTabDisabled {
		return Ack{}, fmt.Errorf("slacktest: the Home tab is off")
	}
	event := withState(s, func(w *workspace.Workspace) map[string]any {
		event := map[string]any{
			"type": "app_home_opened", "user": userID, "channel": w.AppDM(userID).ID, "tab": "home", "event_ts": w.NewTS(),
		}
		if v := w.Home(userID); v != nil {
			event["view"] = webapi.ViewJSON(w, v)
		}
		return event
	})
	return s.SendEvent(ctx, botURL, s.Envelope(event))
}

// Home prints what a user sees in the app's Home tab, "" when nothing was published for them.
func (s *Slack) Home(userID string) string {
	return withState(s, func(w *workspace.Workspace) string {
		v := w.Home(userID)
		if v == nil {
			return ""
		}
		header := w.Settings.BotName + " · Home · " + w.UserName(userID)
		var body struct{ Blocks json.RawMessage }
		_ = json.Unmarshal(v.Body, &body) // it was checked when it was published
		return header + "\n" + strings.Repeat("─", utf8.RuneCountInString(header)) + "\n" + render.Blocks(w, body.Blocks) + "\n"
	})
}

// PressHome has a user press a button of their Home tab, and returns the bot's answer to that. The
// button is found by its action id and value. There is no response_url, and no channel
// (reference/interaction-payloads/block_actions-payload).
func (s *Slack) PressHome(ctx context.Context, botURL, userID, actionID, value string) (Ack, error) {
	v, ok := s.HomeView(userID)
	if !ok {
		return Ack{}, fmt.Errorf("slacktest: %s has no home", userID)
	}
	return s.PressView(ctx, botURL, v, actionID, value)
}

// PressView does the same in a modal or a Home tab.
func (s *Slack) PressView(ctx context.Context, botURL string, v View, actionID, value string) (Ack, error) {
	var body struct{ Blocks []blocks.Node }
	_ = json.Unmarshal(v.Body, &body) // it was checked when it was published
	for i, block := range body.Blocks {
		for _, e := range append(block.Children("elements"), block.Child("accessory")) {
			if e.Text("type") != "button" || e.Text("action_id") != actionID || e.Text("value") != value {
				continue
			}
			id := block.Text("block_id")
			if id == "" {
				id = fmt.Sprintf("b%d", i) // Slack gives it one
			}
			return s.pressInView(ctx, botURL, v, map[string]any{
				"type": "button", "action_id": actionID, "block_id": id, "value": value, "text": e["text"],
			})
		}
	}
	return Ack{}, fmt.Errorf("slacktest: no button %s with the value %q in the view: %s", actionID, value, v.Body)
}

func (s *Slack) pressInView(ctx context.Context, botURL string, v View, action map[string]any) (Ack, error) {
	payload := withState(s, func(w *workspace.Workspace) map[string]any {
		user, _ := w.Users.Get(v.UserID)
		return map[string]any{
			"type": "block_actions", "trigger_id": w.NewTrigger(v.UserID), "api_app_id": w.Settings.AppID,
			"team": map[string]any{"id": w.Settings.TeamID}, "user": map[string]any{"id": v.UserID, "team_id": user.TeamID},
			"container": map[string]any{"type": "view", "view_id": v.ID}, "view": webapi.ViewJSON(w, &v),
			"enterprise": nil, "is_enterprise_install": false, "actions": []any{action},
		}
	})
	return s.SendInteraction(ctx, botURL, payload)
}
