package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"linqbot/bot/slacktest/internal/workspace"
)

// Press has a user press a button of a message, and returns the bot's answer to that. The button is
// found by its action id. It is an error that the message has none.
func (s *Slack) Press(ctx context.Context, botURL, userID string, m Message, actionID string) (Ack, error) {
	return s.press(ctx, botURL, userID, m, actionID, nil)
}

// PressOne does the same where several buttons have the action id. The value tells which.
func (s *Slack) PressOne(ctx context.Context, botURL, userID string, m Message, actionID, value string) (Ack, error) {
	return s.press(ctx, botURL, userID, m, actionID, &value)
}

func (s *Slack) press(ctx context.Context, botURL, userID string, m Message, actionID string, wanted *string) (Ack, error) {
	block, value, ok := findButton(m.Blocks, actionID, wanted)
	if !ok {
		return Ack{}, fmt.Errorf("slacktest: no button %s in the message: %s", actionID, m.Rendered)
	}
	user := withState(s, func(w *workspace.Workspace) User {
		u, _ := w.Users.Get(userID)
		return u
	})
	container := map[string]any{
		"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.VisibleTo != "",
	}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	return s.SendInteraction(ctx, botURL, map[string]any{
		"type": "block_actions", "trigger_id": s.NewTriggerID(userID), "response_url": s.NewResponseURL(m.Channel, userID, m.TS),
		"team": map[string]any{"id": s.cfg.TeamID}, "user": map[string]any{"id": userID, "team_id": user.TeamID},
		"channel": map[string]any{"id": m.Channel}, "container": container, "api_app_id": appID,
		"message": map[string]any{"ts": m.TS, "thread_ts": m.ThreadTS, "text": m.Text, "blocks": m.Blocks},
		"actions": []any{map[string]any{"type": "button", "action_id": actionID, "block_id": block, "value": value}},
	})
}

func findButton(blocks json.RawMessage, actionID string, wanted *string) (block, value string, ok bool) {
	var all []struct {
		BlockID  string `json:"block_id"`
		Elements []struct {
			ActionID string `json:"action_id"`
			Value    string `json:"value"`
		} `json:"elements"`
	}
	if json.Unmarshal(blocks, &all) != nil {
		return "", "", false // context blocks and the like have other elements, and no buttons
	}
	for _, b := range all {
		for _, e := range b.Elements {
			if e.ActionID == actionID && (wanted == nil || e.Value == *wanted) {
				return b.BlockID, e.Value, true
			}
		}
	}
	return "", "", false
}

// Field is what a user picked in a modal, the value of one option or of several, or wrote into it.
type Field struct {
	BlockID, ActionID string
	Value             string
	Values            []string
	Text              string
}

// Pick has the user of a modal pick an option that the bot wants to know of at once.
func (s *Slack) Pick(ctx context.Context, botURL string, v View, f Field) (Ack, error) {
	return s.SendInteraction(ctx, botURL, s.fromView(v, "block_actions", []Field{f}, map[string]any{
		"actions": []any{map[string]any{
			"type": "external_select", "action_id": f.ActionID, "block_id": f.BlockID,
			"selected_option": map[string]any{"value": f.Value},
		}},
	}))
}

// Submit has the user of a modal submit it.
func (s *Slack) Submit(ctx context.Context, botURL string, v View, fields ...Field) (Ack, error) {
	return s.SendInteraction(ctx, botURL, s.fromView(v, "view_submission", fields, nil))
}

// Suggest has the user of a modal type into a select menu that asks the bot for its options.
func (s *Slack) Suggest(ctx context.Context, botURL string, v View, f Field) (Ack, error) {
	return s.SendInteraction(ctx, botURL, s.fromView(v, "block_suggestion", nil, map[string]any{
		"action_id": f.ActionID, "block_id": f.BlockID, "value": f.Value,
	}))
}

// Shortcut has a user choose a global shortcut.
func (s *Slack) Shortcut(ctx context.Context, botURL, userID, callbackID string) (Ack, error) {
	return s.SendInteraction(ctx, botURL, s.shortcut("shortcut", userID, callbackID, nil))
}

// MessageShortcut has a user choose a shortcut in the menu of a message, which may stand in a thread.
func (s *Slack) MessageShortcut(ctx context.Context, botURL, userID, callbackID string, m Message) (Ack, error) {
	message := map[string]any{"type": "message", "user": m.Author, "ts": m.TS, "text": m.Text}
	if m.ThreadTS != "" {
		message["thread_ts"] = m.ThreadTS
	}
	var files []any
	for _, file := range m.Files {
		files = append(files, map[string]any{"id": file.ID, "name": file.Name, "size": file.Length, "url_private": s.URL() + filePath + file.ID})
	}
	if len(files) > 0 {
		message["files"] = files
	}
	return s.SendInteraction(ctx, botURL, s.shortcut("message_action", userID, callbackID, map[string]any{
		"message_ts": m.TS, "message": message, "channel": map[string]any{"id": m.Channel},
		"response_url": s.NewResponseURL(m.Channel, userID, m.TS),
	}))
}

func (s *Slack) shortcut(kind, userID, callbackID string, more map[string]any) map[string]any {
	payload := map[string]any{
		"type": kind, "callback_id": callbackID, "trigger_id": s.NewTriggerID(userID), "action_ts": "1.2",
		"team": map[string]any{"id": s.cfg.TeamID}, "user": map[string]any{"id": userID, "team_id": s.cfg.TeamID},
		"enterprise": nil, "is_enterprise_install": false,
	}
	maps.Copy(payload, more)
	return payload
}

// fromView is a payload that comes from a modal, with what was picked in it.
func (s *Slack) fromView(v View, kind string, fields []Field, more map[string]any) map[string]any {
	values := map[string]map[string]any{}
	for _, f := range fields {
		picked := map[string]any{}
		switch {
		case f.Text != "":
			picked["type"], picked["value"] = "plain_text_input", f.Text
		case f.Values != nil:
			options := []any{}
			for _, value := range f.Values {
				options = append(options, map[string]any{"value": value})
			}
			picked["selected_options"] = options
		default:
			picked["selected_option"] = map[string]any{"value": f.Value}
		}
		values[f.BlockID] = map[string]any{f.ActionID: picked}
	}
	var body struct {
		CallbackID      string `json:"callback_id"`
		PrivateMetadata string `json:"private_metadata"`
	}
	_ = json.Unmarshal(v.Body, &body) // it was checked when it was opened
	payload := map[string]any{
		"type": kind, "trigger_id": s.NewTriggerID(v.UserID), "api_app_id": appID,
		"team": map[string]any{"id": s.cfg.TeamID}, "user": map[string]any{"id": v.UserID, "team_id": s.cfg.TeamID},
		"view": map[string]any{
			"id": v.ID, "hash": v.Hash, "type": v.Type, "callback_id": body.CallbackID, "private_metadata": body.PrivateMetadata,
			"state": map[string]any{"values": values},
		},
	}
	maps.Copy(payload, more)
	return payload
}
