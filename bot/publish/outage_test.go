package publish

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// Slack says how long to wait, and until then nothing is posted.
func TestRateLimitsAreKept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method string
		shown        bool // whether the thread stands already
	}{
		{"the parent", "chat.postMessage", false},
		{"an update", "chat.update", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			if tc.shown {
				s.Run(d)
				s.News(d, bottest.Ann, bottest.Removed)
			}
			before := len(s.Slack.Calls())
			s.Fail(tc.method, slacktest.Fault{RetryAfter: 12 * time.Second, Times: 1})
			again := s.Run(d)
			assert.Assert(t, again > 5*time.Second && again <= 12*time.Second, "%s", again)
			assert.Equal(t, len(s.Slack.Calls()), before+1)
			s.Clock.Pass(11 * time.Second)
			again = s.Run(d)
			assert.Assert(t, again > 0 && again <= time.Second, "%s", again)
			assert.Equal(t, len(s.Slack.Calls()), before+1, "nothing is posted before that")
			s.Clock.Pass(time.Second)
			assert.Assert(t, s.Run(d) <= 2*time.Second, "what belongs to it follows at the channel's pace")
			assert.Equal(t, len(s.Slack.Calls()), before+2)
			assert.Equal(t, s.Slack.Calls()[before].Form.Get("metadata"), s.Slack.Calls()[before+1].Form.Get("metadata"),
				"what was put off goes first")
			s.Settle(d)
			assert.Equal(t, len(s.OnlyThread()), 2)
			assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())
			assert.Equal(t, s.Calls("conversations.history"), 0, "what certainly was not posted is not looked for")
		})
	}
}

// With Slack's own limits, twenty people take a while, and nothing gets lost or doubled.
func TestManyRepliesUnderSlacksLimits(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{RateLimits: slacktest.SlackRateLimits()})
	handles := []string{bottest.Ann, bottest.Bert, bottest.Cleo}
	for _, end := range []string{"35", "36", "37", "38"} {
		handles = append(handles, "+141555501"+end)
	}
	d := s.Ask(handles...)
	s.Settle(d)
	for _, handle := range handles {
		s.News(d, handle, bottest.Removed)
	}
	s.Settle(d)
	thread := s.OnlyThread()
	assert.Equal(t, len(thread), 1+len(handles))
	for _, reply := range thread[1:] {
		assert.Assert(t, strings.Contains(reply.Rendered, "has left"), reply.Rendered)
	}
}

// The longer the trouble, the rarer the tries; after three days of what Slack says itself they end.
func TestAnOutageOfSlack(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
	began := s.Clock.Now()
	var waits []time.Duration
	for s.Clock.Now().Sub(began) < time.Hour {
		wait := s.Run(d)
		assert.Assert(t, wait >= 500*time.Millisecond && wait <= time.Minute, "waits %s", wait)
		waits = append(waits, wait)
		s.Clock.Pass(wait)
	}
	assert.Assert(t, waits[0] <= time.Second && waits[len(waits)-1] == time.Minute, "%v", waits)
	assert.Assert(t, !s.View(d).Thread.TroubleSince.IsZero())
	assert.Equal(t, strings.Count(s.Log.String(), "Slack was not told yet"), 1, "one line an outage")

	s.Slack.ClearFaults()
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	s.WantThread("asked for by", "has left")
	assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())

	s.Slack.Inject(slacktest.Fault{Error: "rate_limited"})
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 3 })
	s.Run(d)
	s.Clock.Pass(slackapi.GiveUpAfter + time.Second)
	assert.Equal(t, s.Run(d), time.Duration(0))
	assert.Equal(t, s.View(d).Thread.Route, ledger.Undelivered)
	assert.Assert(t, strings.Contains(s.Log.String(), `"level":"error"`))
}

// A whole outage, with nobody at the other end of the line.
func TestSlackIsGone(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Stop()
	for range 3 {
		wait := s.Run(d)
		assert.Assert(t, wait > 0)
		s.Clock.Pass(wait)
	}
	stop, err := s.Slack.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
	assert.Equal(t, s.Calls("conversations.history"), 0, "a refused connection is no doubt")
}
