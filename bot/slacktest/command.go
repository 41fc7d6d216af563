package slacktest

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
)

// Command is a slash command that somebody types. What is empty is filled in.
type Command struct {
	Command      string // default "/linq-remove"
	Text         string // what follows it
	UserID       string // default the user added first
	ChannelID    string // default the channel added first
	TeamID       string // default Config.TeamID
	EnterpriseID string // default Config.EnterpriseID
	TriggerID    string // default a new one
	ResponseURL  string // default a new one
}

// Send delivers a command to /slack/commands below botURL, and shows the answer in the channel as
// Slack would: an ephemeral one to its user, an in_channel one to all together with what was typed,
// and what Slack says itself when the bot fails. Errors are those of [Slack.Request]; an answer
// other than 200 is none.
func (s *Slack) Send(ctx context.Context, botURL string, c Command) (Ack, error) {
	c = s.fill(c)
	form := look(s, func(w *world) url.Values { return w.commandForm(c) })
	ack, err := s.Request(ctx, botURL+"/slack/commands", formType, []byte(form.Encode()))
	ack.TriggerID, ack.ResponseURL = c.TriggerID, c.ResponseURL
	s.change(func(w *world) {
		if trouble := troubleWith(ack, err); trouble != "" {
			w.tell(c, fmt.Sprintf("%s failed with the error \"%s\"", c.Command, trouble))
			return
		}
		w.showAck(c, &ack)
	})
	return ack, err
}

func (s *Slack) fill(c Command) Command {
	s.mu.Lock()
	c.Command = cmp.Or(c.Command, "/linq-remove")
	c.UserID = cmp.Or(c.UserID, s.world.anybody())
	if c.ChannelID == "" && len(s.world.channels.ids) > 0 {
		c.ChannelID = s.world.channels.ids[0]
	}
	c.TeamID = cmp.Or(c.TeamID, s.cfg.TeamID)
	c.EnterpriseID = cmp.Or(c.EnterpriseID, s.cfg.EnterpriseID)
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
func (w *world) commandForm(c Command) url.Values {
	form := url.Values{
		"token":                 {"deprecated-verification-token"},
		"team_id":               {c.TeamID},
		"team_domain":           {w.cfg.TeamDomain},
		"channel_id":            {c.ChannelID},
		"channel_name":          {w.commandChannelName(c.ChannelID)},
		"user_id":               {c.UserID},
		"user_name":             {w.userName(c.UserID)},
		"command":               {c.Command},
		"text":                  {c.Text},
		"api_app_id":            {w.cfg.AppID},
		"is_enterprise_install": {"false"},
		"response_url":          {c.ResponseURL},
		"trigger_id":            {c.TriggerID},
	}
	if c.EnterpriseID != "" {
		form.Set("enterprise_id", c.EnterpriseID)
		form.Set("enterprise_name", w.cfg.TeamName)
	}
	return form
}

// commandChannelName is the name that commands carry: only public channels have their own.
func (w *world) commandChannelName(id string) string {
	c, ok := w.channels.get(id)
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
func (w *world) showAck(c Command, ack *Ack) {
	if len(ack.Body) == 0 {
		return
	}
	args, err := parseArguments(ack.Header.Get("Content-Type"), ack.Body)
	if err != nil {
		args = arguments{url.Values{"text": {string(ack.Body)}}} // not JSON: plain text
	}
	said, err := w.content("ack", args)
	if err != nil {
		w.tell(c, fmt.Sprintf("%s failed with the error \"%s\"", c.Command, "invalid_command_response"))
		return
	}
	m := Message{Author: w.cfg.BotUserID, Text: said.text, Blocks: said.blocks, VisibleTo: c.UserID}
	ack.Text, ack.ResponseType = w.render(&m), "ephemeral"
	if args.Get("response_type") == "in_channel" {
		ack.ResponseType, m.VisibleTo = "in_channel", ""
	}

	channel, ok := w.channels.get(c.ChannelID)
	if !ok {
		return
	}
	if m.VisibleTo == "" { // Slack then publishes what was typed, too
		w.post(channel, Message{Author: c.UserID, Text: c.Command + " " + c.Text})
	}
	if said.empty() {
		return
	}
	posted := w.post(channel, m)
	if r, ok := w.responses.get(responseID(c.ResponseURL)); ok {
		r.original = posted
	}
}

// tell has Slackbot say something to the user of a command alone.
func (w *world) tell(c Command, text string) {
	if channel, ok := w.channels.get(c.ChannelID); ok {
		w.post(channel, Message{Author: slackbot, Text: text, VisibleTo: c.UserID})
	}
}
