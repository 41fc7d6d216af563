package publish

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// While the look itself fails nothing is posted: nobody knows whether it would be a second time.
func TestALookThatFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"5xx":                {Status: http.StatusBadGateway},
		"dropped":            {Drop: slacktest.BeforeEffect},
		"internal_error":     {Error: "internal_error"},
		"not ok, no error":   {NoError: true},
		"a page of HTML":     {RawBody: "<html>sorry</html>"},
		"ratelimited":        {Error: "ratelimited"},
		"429 without a wait": {Status: http.StatusTooManyRequests},
	} {
		for call, lost := range map[string]int{"the parent": 1, "a reply": 2} {
			t.Run(name+", "+call, func(t *testing.T) {
				t.Parallel()
				s := newEnv(t, slacktest.Config{})
				d := s.Ask(bottest.Ann)
				posts := 0
				s.Slack.Chaos(func(method string) *slacktest.Fault {
					if method == "chat.postMessage" {
						posts++
					}
					switch {
					case method == "chat.postMessage" && posts == lost:
						return &slacktest.Fault{Drop: slacktest.AfterEffect}
					case strings.HasPrefix(method, "conversations."):
						return &fault
					}
					return nil
				})
				for range 10 {
					wait := s.Run(d)
					assert.Assert(t, wait > 0)
					s.Clock.Pass(wait)
				}
				assert.Equal(t, s.Calls("chat.postMessage"), lost)
				s.Slack.ClearFaults()
				s.Settle(d)
				s.WantThread("asked to remove", "recorded")
				assert.Equal(t, s.Calls("chat.postMessage"), 2)
			})
		}
	}
}

// Slack's wait counts for looking as well.
func TestARateLimitedLook(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.Run(d)
	s.Fail("conversations.history", slacktest.Fault{RetryAfter: 23 * time.Second, Times: 2})
	assert.Equal(t, s.Run(d), 23*time.Second)
	s.Clock.Pass(23 * time.Second)
	assert.Equal(t, s.Run(d), 23*time.Second)
	s.Clock.Pass(23 * time.Second)
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
}

// Where linqbot may post but not read, it cannot look: it posts again a few times, and then takes
// another way.
func TestDoubtThatCannotBeCleared(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		cfg     slacktest.Config
		trouble string
	}{
		{"no scope", slacktest.Config{Scopes: []string{"chat:write"}}, "missing_scope"},
		{"not a member", slacktest.Config{PublicWrite: true}, "not_in_channel"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, tc.cfg)
			if tc.cfg.PublicWrite {
				s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
			}
			d := s.Ask(bottest.Ann)
			s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.BeforeEffect})
			s.Settle(d)
			assert.Equal(t, s.Calls("chat.postMessage"), 1+mostDoubts)
			assert.Equal(t, s.View(d).Thread.Route, ledger.ByResponseURL)
			assert.Equal(t, s.View(d).Thread.Trouble, tc.trouble)
			bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "recorded")

			// One lost answer is no reason to leave the thread.
			s.Slack.ClearFaults()
			d = s.Ask(bottest.Bert)
			s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.BeforeEffect, Times: 1})
			s.Settle(d)
			s.WantThread("asked to remove", "recorded")
			assert.Equal(t, s.View(d).Thread.Doubts, 1)
		})
	}
}
