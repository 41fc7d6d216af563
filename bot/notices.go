package bot

import (
	"context"
	"slices"
	"time"

	"github.com/sirupsen/logrus"
)

// Notice is what Slack tells about the app itself. People who run linqbot should know it.
type Notice string

// The notices, by their names at Slack.
// Source: https://docs.slack.dev/apis/events-api, https://docs.slack.dev/reference/events/tokens_revoked
const (
	AppRateLimited Notice = "app_rate_limited" // Slack holds events back for a minute: steps and Home tabs are late
	TokensRevoked  Notice = "tokens_revoked"   // the bot's token is not accepted any more
	appUninstalled Notice = "app_uninstalled"
)

// Notices returns all there are.
func Notices() []Notice { return []Notice{AppRateLimited, TokensRevoked, appUninstalled} }

// says is the line of the log.
func (n Notice) says() string {
	switch n {
	case AppRateLimited:
		return "Slack delivers fewer events for a while: there were more than 30,000 in an hour"
	case TokensRevoked:
		return "Slack says that the bot's token was revoked: install the app again, and replace SLACK_BOT_TOKEN"
	default:
		return "Slack says that the app was uninstalled: install it again, and replace SLACK_BOT_TOKEN"
	}
}

// Lasts is how long a notice is worth showing. A rate limit is over in minutes. A revoked token stays revoked until
// somebody replaces it, which soon shows.
func (n Notice) Lasts() time.Duration {
	if n == AppRateLimited {
		return time.Hour
	}
	return 24 * time.Hour
}

// Remark says a notice in a few words.
func (n Notice) Remark() string {
	switch n {
	case AppRateLimited:
		return "Slack holds events back: steps and Home tabs are late"
	case TokensRevoked:
		return "the bot's token was revoked: replace SLACK_BOT_TOKEN"
	default:
		return "the app was uninstalled: install it again, and replace SLACK_BOT_TOKEN"
	}
}

// NoticeSetting is the name under which the ledger keeps when a notice last came.
func NoticeSetting(n Notice) string { return "slack_notice_" + string(n) }

// notice returns what an event says about the app itself; "" if it says nothing of the kind. Tokens of people who
// installed it are not linqbot's.
func (e event) notice() Notice {
	name := Notice(e.Type)
	if !slices.Contains(Notices(), name) || name == TokensRevoked && len(e.Tokens.Bot) == 0 {
		return ""
	}
	return name
}

// noticed tells the people who run linqbot.
func (b *Bot) noticed(ctx context.Context, log *logrus.Entry, n Notice) {
	log.WithField("notice", string(n)).Warn(n.says())
	if b.cfg.Noticed != nil {
		b.cfg.Noticed(ctx, n)
	}
}
