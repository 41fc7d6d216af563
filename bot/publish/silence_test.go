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

// runFor runs a delivery as often as it asks for, but no more often than that, until so much time has passed or it is done.
func (s *env) runFor(delivery string, most, every time.Duration) {
	s.T.Helper()
	began := s.Clock.Now()
	for s.Clock.Now().Sub(began) < most {
		wait := s.Run(delivery)
		if wait == 0 {
			return
		}
		s.Clock.Pass(max(wait, every))
	}
}

// While Slack answers nothing at all, nothing is given up, however long that lasts. Each outcome stands soon after:
// at once where readings are back as well, and else after a while, since nobody knows whether the lost post stands.
func TestSilenceGivesNothingUp(t *testing.T) {
	t.Parallel()
	readingsOut := func(method string) *slacktest.Fault {
		if strings.HasPrefix(method, "conversations.") {
			return &slacktest.Fault{Status: http.StatusServiceUnavailable}
		}
		return nil
	}
	for _, tc := range []struct {
		name    string
		silence slacktest.Fault
		lasts   time.Duration
		after   func(method string) *slacktest.Fault // what is still out when Slack is back. Optional.
		within  time.Duration
	}{
		{"503 for an hour", slacktest.Fault{Status: http.StatusServiceUnavailable}, time.Hour, nil, 2 * time.Minute},
		{"503 for four days", slacktest.Fault{Status: http.StatusServiceUnavailable}, 96 * time.Hour, nil, 2 * time.Minute},
		{"lost connections for four days", slacktest.Fault{Drop: slacktest.BeforeEffect}, 96 * time.Hour, nil, 2 * time.Minute},
		{"503 for four days, and of readings for ever", slacktest.Fault{Status: http.StatusServiceUnavailable}, 96 * time.Hour, readingsOut, readingPasses + 2*time.Minute},
		{"503 of readings for ever", slacktest.Fault{Status: http.StatusServiceUnavailable}, time.Minute, readingsOut, readingPasses + 2*time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.Slack.Inject(tc.silence)
			s.runFor(d, tc.lasts, 5*time.Minute)
			s.News(d, bottest.Ann, bottest.Removed)
			s.Slack.ClearFaults()
			s.Slack.Chaos(tc.after)
			back := s.Clock.Now()
			s.runFor(d, time.Hour, 0)
			took := s.Clock.Now().Sub(back)
			assert.Assert(t, took <= tc.within, "stands %s after Slack is back", took)
			s.WantThread("has left", "has left")
			assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())
		})
	}
}

// Right after an outage a reading may be out for some minutes more. That is no reason to post twice.
func TestReadingsThatComeBackLater(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Slack.Inject(slacktest.Fault{Method: "conversations.history", Status: http.StatusServiceUnavailable})
	s.Slack.Inject(slacktest.Fault{Method: "chat.postMessage", Status: http.StatusServiceUnavailable, WithEffect: true, Times: 1})
	s.Slack.Inject(slacktest.Fault{Method: "auth.test", Status: http.StatusServiceUnavailable})
	s.runFor(d, 3*time.Hour, 0)
	s.Slack.ClearFaults()
	s.Slack.Inject(slacktest.Fault{Method: "conversations.history", Status: http.StatusServiceUnavailable})
	s.runFor(d, 5*time.Minute, 0)
	s.Slack.ClearFaults()
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
	assert.Equal(t, s.Calls("chat.postMessage"), 2)
}

// Where the private way cannot be opened, Slack takes the person's id.
func TestADirectMessageThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
	s.Fail("conversations.open", slacktest.Fault{Status: http.StatusServiceUnavailable})
	d := s.Ask(bottest.Ann)
	s.runFor(d, readingPasses+2*time.Minute, 0)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "recorded")
}

// What Slack itself says for three days is final. Silence before that counts for little.
func TestThreeDaysOfRefusals(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
	s.runFor(d, slackapi.GiveUpAfter+time.Hour, 5*time.Minute)
	s.Slack.ClearFaults()
	s.Slack.Inject(slacktest.Fault{Error: "rate_limited"})
	s.runFor(d, slackapi.GiveUpAfter-2*time.Hour, 5*time.Minute)
	assert.Assert(t, s.View(d).Thread.Route != ledger.Undelivered)
	s.runFor(d, 3*time.Hour, 5*time.Minute)
	assert.Equal(t, s.View(d).Thread.Route, ledger.Undelivered)
}
