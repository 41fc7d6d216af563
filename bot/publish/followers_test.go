package publish

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// Somebody who asks for what is under way is led to the thread once it stands, and only once.
func TestAFollowerIsLedToTheThread(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.AskIn(bottest.Ops, bottest.Grace, bottest.Ann)
	assert.Equal(t, s.Untold(d), 1)
	s.Fail("chat.postMessage", slacktest.Fault{RetryAfter: time.Second, Times: 1})
	s.Clock.Pass(s.Run(d))
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Grace)), 0, "there is no thread yet")

	for range 3 {
		s.Settle(d)
	}
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	told := s.Slack.Ephemerals(bottest.Ops, bottest.Grace)
	bottest.WantMessages(t, told, "The removal of +1 ••• ••• 0132 that you asked for as well is shown in this thread.")
	link := "https://acme.slack.com/archives/C0OPS/p" + strings.ReplaceAll(s.OnlyThread()[0].TS, ".", "")
	assert.Assert(t, strings.Contains(told[0].Text, "<"+link+"|this thread>"), told[0].Text)
	assert.Equal(t, s.Untold(d), 0)
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 0)
}

// Where there is no thread to lead to, the outcome is told.
func TestAFollowerIsToldTheOutcome(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.AskIn(bottest.Ops, bottest.Grace, bottest.Ann)
	s.Settle(d)
	s.News(d, bottest.Ann, s.Sent)
	s.Settle(d)
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Grace)), 0, "there is no outcome yet")
	s.News(d, bottest.Ann, bottest.Removed)
	for range 3 {
		s.Settle(d)
	}
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Grace), "+1 ••• ••• 0132 has left Spring launch")
	assert.Equal(t, s.Untold(d), 0)
}

// One of several people in a command has a follower: the follower hears of that one alone.
func TestAFollowerHearsOfWhatTheyAskedFor(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	d := s.Ask(bottest.Ann, bottest.Bert)
	s.AskIn(bottest.Ops, bottest.Grace, bottest.Bert)
	s.News(d, bottest.Ann, bottest.Removed)
	s.News(d, bottest.Bert, bottest.Removed)
	s.Settle(d)
	told := s.Slack.Ephemerals(bottest.Ops, bottest.Grace)
	bottest.WantMessages(t, told, "0133 has left")
	assert.Assert(t, !strings.Contains(told[0].Rendered, "0132"), told[0].Rendered)
}

func TestTroubleWithAFollower(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		fault   slacktest.Fault
		again   bool
		told    int
		passing time.Duration
	}{
		{"429 is waited out", slacktest.Fault{RetryAfter: 9 * time.Second, Times: 1}, true, 1, 0},
		{"a lost answer is not repeated", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1}, false, 1, 0},
		{"a refusal is the end", slacktest.Fault{Error: "expired_url", Times: 1}, false, 0, 0},
		{"an old response_url is not used", slacktest.Fault{}, false, 0, responseTime},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.AskIn(bottest.Ops, bottest.Grace, bottest.Ann)
			s.Clock.Pass(tc.passing)
			if tc.fault != (slacktest.Fault{}) {
				s.Fail("response_url", tc.fault)
			}
			wait := s.Run(d)
			assert.Equal(t, wait > 0, tc.again)
			if tc.again {
				assert.Equal(t, wait, tc.fault.RetryAfter)
				assert.Equal(t, s.Untold(d), 1)
			}
			s.Settle(d)
			assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Grace)), tc.told)
			assert.Equal(t, s.Untold(d), 0)
			s.WantThread("asked to remove", "recorded")
			assert.Equal(t, s.View(d).Thread.Route, ledger.InThread)
		})
	}
}
