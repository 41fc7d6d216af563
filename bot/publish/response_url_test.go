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

// Slack takes five answers. The last of them is kept for the outcome, however much happens before.
func TestTheLastResponseIsForTheOutcome(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Settle(d)
	for people := range 12 {
		s.News(d, bottest.Ann, func(r *ledger.Request) {
			r.State, r.SentAt, r.ChatName = ledger.Sent, s.Clock.Now(), strings.Repeat("x", people+1)
		})
		s.Settle(d)
	}
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), mostResponses-1)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	told := s.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	assert.Equal(t, len(told), mostResponses)
	assert.Assert(t, strings.Contains(told[mostResponses-1].Rendered, "has left"))
	s.Settle(d)
	assert.Equal(t, s.Calls("response_url"), mostResponses)

	// A late change of mind has to go another way.
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 3 })
	s.Settle(d)
	assert.Equal(t, s.Calls("response_url"), mostResponses)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "3 people stay")
}

// With several people in one command the outcome is that of the last.
func TestTheLastResponseWaitsForAll(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	handles := []string{bottest.Ann, bottest.Bert, bottest.Cleo, "+14155550135", "+14155550136", "+14155550137"}
	d := s.Ask(handles...)
	s.Settle(d)
	for _, handle := range handles {
		s.News(d, handle, bottest.Removed)
		s.Settle(d)
	}
	told := s.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	assert.Equal(t, len(told), mostResponses)
	last := told[len(told)-1].Rendered
	assert.Equal(t, strings.Count(last, "has left"), len(handles), last)
}

// Past its time or refused, the response_url is no way any more, and a direct message is.
func TestAResponseURLThatIsSpent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		arrange func(*env)
		uses    int
	}{
		{"expired", func(s *env) { s.Clock.Pass(30*time.Minute + time.Second) }, 0},
		{"about to expire", func(s *env) { s.Clock.Pass(responseTime + time.Second) }, 0},
		{"404", func(s *env) { s.Fail("response_url", slacktest.Fault{Error: "used_url"}) }, 1},
		{"410", func(s *env) { s.Fail("response_url", slacktest.Fault{Status: http.StatusGone}) }, 1},
		{"a redirect", func(s *env) { s.Fail("response_url", slacktest.Fault{Redirect: s.Slack.APIURL() + "auth.test"}) }, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := closed(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			tc.arrange(s)
			s.Settle(d)
			s.News(d, bottest.Ann, bottest.Removed)
			s.Settle(d)
			assert.Equal(t, s.Calls("response_url"), tc.uses)
			assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 0)
			assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 0)
			direct := s.Slack.DirectMessages(bottest.Ada)
			bottest.WantMessages(t, direct, "has left")
			assert.Equal(t, direct[0].Edits, 1, "one message, kept current")
			assert.Assert(t, strings.Contains(direct[0].Rendered, "invite it: /invite @linqbot"), direct[0].Rendered)
			thread := s.View(d).Thread
			assert.Equal(t, thread.Route, ledger.ByDirect)
			assert.Equal(t, thread.Trouble, "not_in_channel", "what people can mend")
			assert.Equal(t, s.Calls("auth.test"), 0)
		})
	}
}

// A request without a response_url, as others than slash commands make.
func TestWithoutAResponseURL(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	_, err := s.Ledger.Accept(t.Context(), []ledger.Order{{
		Delivery: "d1", Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: bottest.Team, ChannelID: bottest.Ops, UserID: bottest.Ada,
		ChatID: bottest.ChatID, Handle: ledger.NewSecret(bottest.Ann),
	}})
	assert.NilError(t, err)
	s.Settle("d1")
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "recorded")
}

// Trouble at the response_url that passes is waited for; each try that may have told somebody counts.
func TestTroubleAtTheResponseURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault slacktest.Fault
		told  int
		uses  int
	}{
		{"429", slacktest.Fault{RetryAfter: 5 * time.Second}, 1, 1},
		{"429 without a wait", slacktest.Fault{Status: http.StatusTooManyRequests}, 1, 1},
		{"5xx before", slacktest.Fault{Status: http.StatusBadGateway}, 1, 2},
		{"dropped before", slacktest.Fault{Drop: slacktest.BeforeEffect}, 1, 2},
		{"dropped after", slacktest.Fault{Drop: slacktest.AfterEffect}, 2, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := closed(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			tc.fault.Times = 1
			s.Fail("response_url", tc.fault)
			wait := s.Run(d)
			assert.Assert(t, wait > 0)
			if tc.fault.RetryAfter > 0 {
				assert.Equal(t, wait, tc.fault.RetryAfter)
			}
			s.Settle(d)
			assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), tc.told)
			assert.Equal(t, s.View(d).Thread.ResponseUses, tc.uses)
			assert.Equal(t, s.View(d).Thread.Route, ledger.ByResponseURL)
		})
	}
}

// Uses are counted before they are made: never more than Slack takes, whatever becomes of the answers.
func TestResponsesThatAreAllLost(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Fail("response_url", slacktest.Fault{Drop: slacktest.BeforeEffect})
	s.Settle(d)
	assert.Equal(t, s.Calls("response_url"), mostResponses)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "has left")
}
