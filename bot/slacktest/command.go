package slacktest

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"linqbot/bot/slacktest/internal/webapi"
	"linqbot/bot/slacktest/internal/workspace"
)

// Command is a slash command that somebody types. What is empty is filled in.
type Command struct {
	Command     string // default "/linq-remove"
	Text        string // what follows it
	UserID      string // default the user added first
	ChannelID   string // default the channel added first
	TriggerID   string // default a new one
	ResponseURL string // default a new one
}

// Send delivers a command to /slack/commands below botURL, and shows the answer in the channel as Slack would. Only
// the user sees an ephemeral answer. Everybody sees an in_channel one, with what was typed. If the bot fails,
// Slack's own error is shown. An error means that no answer came within Config.AckTimeout; it wraps
// [context.DeadlineExceeded] if the time was too short, and the Ack then holds how long it took. An answer other
// than 200 is no error.
func (s *Slack) Send(ctx context.Context, botURL string, c Command) (Ack, error) {
	c = s.fill(c)
	form := withState(s, func(w *workspace.Workspace) url.Values { return commandForm(w, c) })
	ack, err := s.request(ctx, botURL+"/slack/commands", formType, []byte(form.Encode()))
	ack.TriggerID, ack.ResponseURL = c.TriggerID, c.ResponseURL
	s.change(func(w *workspace.Workspace) {
		if trouble := troubleWith(ack, err); trouble != "" {
			tell(w, c, fmt.Sprintf("%s failed with the error \"%s\"", c.Command, trouble))
			return
		}
		showAck(w, c, &ack)
	})
	return ack, err
}

func (s *Slack) fill(c Command) Command {
	s.mu.Lock()
	c.Command = cmp.Or(c.Command, "/linq-remove")
	c.UserID = cmp.Or(c.UserID, s.state.Anybody())
	if channels := s.state.Channels.All(); c.ChannelID == "" && len(channels) > 0 {
		c.ChannelID = channels[0].ID
	}
	s.mu.Unlock()

	if c.TriggerID == "" {
		c.TriggerID = s.NewTriggerID(c.UserID)
	}
	if c.ResponseURL == "" {
		c.ResponseURL = s.NewResponseURL(c.ChannelID, c.UserID, "")
	}
	return c
}

// commandForm is what Slack posts (interactivity/implementing-slash-commands).
func commandForm(w *workspace.Workspace, c Command) url.Values {
	form := url.Values{
		"token":                 {"deprecated-verification-token"},
		"team_id":               {w.Settings.TeamID},
		"team_domain":           {w.Settings.TeamDomain},
		"channel_id":            {c.ChannelID},
		"channel_name":          {commandChannelName(w, c.ChannelID)},
		"user_id":               {c.UserID},
		"user_name":             {w.UserName(c.UserID)},
		"command":               {c.Command},
		"text":                  {c.Text},
		"api_app_id":            {w.Settings.AppID},
		"is_enterprise_install": {"false"},
		"response_url":          {c.ResponseURL},
		"trigger_id":            {c.TriggerID},
	}
	if w.Settings.EnterpriseID != "" {
		form.Set("enterprise_id", w.Settings.EnterpriseID)
		form.Set("enterprise_name", w.Settings.TeamName)
	}
	return form
}

// commandChannelName is the name that commands carry: only public channels have their own.
func commandChannelName(w *workspace.Workspace, id string) string {
	c, ok := w.Channels.Get(id)
	switch {
	case !ok:
		return ""
	case c.Kind == DM:
		return "directmessage"
	case c.Kind != Public:
		return "privategroup"
	}
	return c.Name
}

// showAck completes the ack with what it says, and shows it in the channel if there is one.
func showAck(w *workspace.Workspace, c Command, ack *Ack) {
	if len(ack.Body) == 0 {
		return
	}
	args, err := webapi.ParseArguments(ack.Header.Get("Content-Type"), ack.Body)
	if err != nil {
		args = webapi.Arguments{Values: url.Values{"text": {string(ack.Body)}}} // not JSON: plain text
	}
	said, err := webapi.ReadContent(w, "ack", args)
	if err != nil {
		tell(w, c, fmt.Sprintf("%s failed with the error \"%s\"", c.Command, "invalid_command_response"))
		return
	}
	m := Message{Author: w.Settings.BotUserID, Text: said.Text, Blocks: said.Blocks, VisibleTo: c.UserID}
	ack.Text, ack.ResponseType = w.Render(&m), "ephemeral"
	if args.Get("response_type") == "in_channel" {
		ack.ResponseType, m.VisibleTo = "in_channel", ""
	}

	channel, ok := w.Channels.Get(c.ChannelID)
	if !ok {
		return
	}
	if m.VisibleTo == "" { // Slack then publishes what was typed, too
		w.Post(channel, Message{Author: c.UserID, Text: c.Command + " " + c.Text})
	}
	if said.Empty() {
		return
	}
	posted := w.Post(channel, m)
	if r, ok := w.Responses.Get(responseID(c.ResponseURL)); ok {
		r.Original = posted
	}
}

// tell has Slackbot say something to the user of a command alone.
func tell(w *workspace.Workspace, c Command, text string) {
	if channel, ok := w.Channels.Get(c.ChannelID); ok {
		w.Post(channel, Message{Author: workspace.Slackbot, Text: text, VisibleTo: c.UserID})
	}
}
