package load

import (
	"bytes"
	"fmt"
	"net/url"
	"time"

	"linqbot/bot/slacktest"
)

// Command is what one request asks for.
type Command struct {
	ChannelID string
	Text      string
}

// Sender is who sends the commands, and how they are signed.
type Sender struct {
	Secret string
	TeamID string
	UserID string
}

// Requests are commands as Slack posts them, signed now and each a delivery of its own. They are good
// for five minutes. name keeps their trigger ids apart from those of other calls.
func (s Sender) Requests(name string, commands []Command) [][]byte {
	now := time.Now()
	requests := make([][]byte, len(commands))
	for i, c := range commands {
		body := []byte(url.Values{
			"token":                 {"deprecated-verification-token"},
			"team_id":               {s.TeamID},
			"team_domain":           {"acme"},
			"channel_id":            {c.ChannelID},
			"channel_name":          {"team"},
			"user_id":               {s.UserID},
			"user_name":             {"alice"},
			"command":               {"/linq-remove"},
			"text":                  {c.Text},
			"api_app_id":            {"A0SLACKTEST"},
			"is_enterprise_install": {"false"},
			"response_url":          {fmt.Sprintf("https://hooks.slack.com/commands/%s/%d/hVCwpUzVyE1n4NFnKvYlbYVs", s.TeamID, i)},
			"trigger_id":            {fmt.Sprintf("%d.%s.%d", now.UnixMilli(), name, i)},
		}.Encode())
		timestamp, signature := slacktest.Sign(s.Secret, now, body)
		var request bytes.Buffer
		fmt.Fprintf(&request, "POST /slack/commands HTTP/1.1\r\nHost: linqbot.example.com\r\n"+
			"User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: application/json,*/*\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n%s: %s\r\n%s: %s\r\n\r\n%s",
			len(body), slacktest.TimestampHeader, timestamp, slacktest.SignatureHeader, signature, body)
		requests[i] = request.Bytes()
	}
	return requests
}
