package slacktest

import (
	"cmp"
	"time"

	"linqbot/bot/slacktest/internal/workspace"
)

// Config describes the workspace and the app. The zero value is a working one.
type Config struct {
	BotToken      string // the token that calls must bear; default "xoxb-slacktest"
	SigningSecret string // signs what goes to the bot; default "slacktest-signing-secret"

	TeamID       string // default "T0SLACKTEST"
	TeamName     string // default "Acme"
	TeamDomain   string // the workspace is https://<TeamDomain>.slack.com/; default "acme"
	EnterpriseID string // set when the workspace is part of an Enterprise organisation

	BotUserID string // default "U0LINQBOT"

	// Scopes are those granted to the app. When set, a method whose scope is missing answers
	// missing_scope; nil grants everything.
	Scopes []string
	// PublicWrite lets the app post to public channels that it is not in, as the scope
	// chat:write.public does.
	PublicWrite bool
	// MessagesTabDisabled refuses direct messages with messages_tab_disabled.
	MessagesTabDisabled bool
	// HomeTabDisabled refuses Home tabs with not_enabled.
	HomeTabDisabled bool
	// RateLimits holds the limit of each method, by its name or "response_url"; nil is no limit.
	// [SlackRateLimits] returns Slack's own.
	RateLimits map[string]RateLimit
	// Messages limits posts and updates together, for each channel by itself; the zero value does
	// not. Slack documents a message a second for posts; that updates count is the stricter reading.
	Messages RateLimit

	// AckTimeout is how long Slack waits for the bot's answer; default 3 s (reference:
	// interactivity/implementing-slash-commands).
	AckTimeout time.Duration
	// Now is the clock of everything but delays; default [time.Now].
	Now func() time.Time
}

// appID is the bot's app.
const appID = "A0SLACKTEST"

func (c Config) withDefaults() Config {
	c.BotToken = cmp.Or(c.BotToken, "xoxb-slacktest")
	c.SigningSecret = cmp.Or(c.SigningSecret, "slacktest-signing-secret")
	c.TeamID = cmp.Or(c.TeamID, "T0SLACKTEST")
	c.TeamName = cmp.Or(c.TeamName, "Acme")
	c.TeamDomain = cmp.Or(c.TeamDomain, "acme")
	c.BotUserID = cmp.Or(c.BotUserID, "U0LINQBOT")
	c.AckTimeout = cmp.Or(c.AckTimeout, 3*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// settings are what the workspace has to know.
func (c Config) settings() workspace.Settings {
	return workspace.Settings{
		AppID: appID, BotID: "B0LINQBOT", BotName: "linqbot", BotUserID: c.BotUserID, BotToken: c.BotToken,
		TeamID: c.TeamID, TeamName: c.TeamName, TeamDomain: c.TeamDomain, EnterpriseID: c.EnterpriseID,
		Scopes: c.Scopes, PublicWrite: c.PublicWrite,
		MessagesTabDisabled: c.MessagesTabDisabled, HomeTabDisabled: c.HomeTabDisabled,
		Now: c.Now,
	}
}
