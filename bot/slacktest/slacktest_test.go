package slacktest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

const (
	ops    = "C0OPS"
	secret = "G0SECRET"
	ada    = "U0ADA"
	grace  = "U0GRACE"
)

// clock is a settable time.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{at: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)} }

// start serves a workspace with two people, a public channel that the bot is in and a private one
// that it is not in, and returns the client that a bot would use.
func start(t *testing.T, cfg slacktest.Config) (*slacktest.Slack, *slack.Client) {
	t.Helper()
	fake := slacktest.New(cfg)
	fake.AddUser(slacktest.User{ID: ada, Name: "Ada"})
	fake.AddUser(slacktest.User{ID: grace, Name: "Grace", TeamID: "T0PARTNER"})
	fake.AddChannel(slacktest.Channel{ID: ops, Name: "ops", BotMember: true})
	fake.AddChannel(slacktest.Channel{ID: secret, Name: "secret", Kind: slacktest.Private, Members: []string{ada}})
	stop, err := fake.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	return fake, client(fake, fake.Config().BotToken)
}

func client(fake *slacktest.Slack, token string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(fake.APIURL()), slack.OptionHTTPClient(&http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}))
}

// wantCode checks the error code of Slack's envelope, as the client understood it.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var failure slack.SlackErrorResponse
	assert.Assert(t, errors.As(err, &failure), "want %s, got %v", code, err)
	assert.Equal(t, failure.Err, code)
}

func text(s string) slack.MsgOption { return slack.MsgOptionText(s, false) }

func section(mrkdwn string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, mrkdwn, false, false), nil, nil)
}
