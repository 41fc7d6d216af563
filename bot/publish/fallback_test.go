package publish

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// Closed is an environment whose channel does not let the bot post.
func closed(t *testing.T, cfg slacktest.Config) *env {
	t.Helper()
	s := newEnv(t, cfg)
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	return s
}

// Where the bot may not post, the one who asked is told, and nobody else.
func TestWhereTheBotMayNotPost(t *testing.T) {
	t.Parallel()
	refuse := func(code string) func(*env) {
		return func(s *env) { s.Fail("chat.postMessage", slacktest.Fault{Error: code}) }
	}
	for code, arrange := range map[string]func(*env){
		"not_in_channel": func(s *env) { s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false) },
		"channel_not_found": func(s *env) {
			s.Slack.AddChannel(slacktest.Channel{ID: bottest.Ops, Kind: slacktest.Private, Members: []string{bottest.Ada, bottest.Grace}})
		},
		"is_archived": func(s *env) { s.Slack.Archive(bottest.Ops) },
		"restricted_action_read_only_channel": func(s *env) {
			s.Slack.AddChannel(slacktest.Channel{ID: bottest.Ops, BotMember: true, ReadOnly: true})
		},
		"restricted_action":                        refuse("restricted_action"),
		"restricted_action_thread_only_channel":    refuse("restricted_action_thread_only_channel"),
		"restricted_action_non_threadable_channel": refuse("restricted_action_non_threadable_channel"),
		"no_permission":                            refuse("no_permission"),
		"team_access_not_granted":                  refuse("team_access_not_granted"),
		"invalid_auth":                             refuse("invalid_auth"),
		"token_revoked":                            refuse("token_revoked"),
		"account_inactive":                         refuse("account_inactive"),
		"missing_scope":                            refuse("missing_scope"),
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			arrange(s)
			d := s.Ask(bottest.Ann)
			s.Settle(d)
			s.News(d, bottest.Ann, bottest.Removed)
			s.Settle(d)
			assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 0, "public: %+v", s.Slack.Messages(bottest.Ops))
			bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "recorded", "has left")
			assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Grace)), 0)
			assert.Equal(t, len(s.Slack.DirectMessages(bottest.Ada)), 0)
			thread := s.View(d).Thread
			assert.Equal(t, thread.Route, ledger.ByResponseURL)
			assert.Equal(t, thread.Trouble, code)
			assert.Equal(t, thread.ResponseUses, 2)
			assert.Equal(t, s.Calls("chat.postMessage"), 1, "a route that was left is not tried again")
			for _, m := range s.Slack.Ephemerals(bottest.Ops, bottest.Ada) {
				assert.Assert(t, strings.Contains(m.Rendered, blockkit.Hint(code)), m.Rendered)
			}
			assert.Assert(t, strings.Contains(s.Log.String(), `"to":"response_url"`), s.Log)
		})
	}
}

// A channel that is closed after the thread began.
func TestAChannelThatCloses(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.News(d, bottest.Ann, s.Sent)
	s.Settle(d)
	s.Slack.Archive(bottest.Ops)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	s.WantThread("asked to remove", "queued")
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "has left")
	assert.Equal(t, s.View(d).Thread.Trouble, "is_archived")
}

// A thread that is closed to replies.
func TestAThreadThatIsLocked(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	posts := 0
	s.Slack.Chaos(func(method string) *slacktest.Fault {
		if method == "chat.postMessage" {
			if posts++; posts > 1 {
				return &slacktest.Fault{Error: "restricted_action_thread_locked"}
			}
		}
		return nil
	})
	s.Settle(d)
	s.WantThread("asked to remove")
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "recorded")
}

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
			assert.Assert(t, strings.Contains(direct[0].Rendered, blockkit.Hint("not_in_channel")), direct[0].Rendered)
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
		ChatID: bottest.ChatID, Handle: ledger.Conceal(bottest.Ann),
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

// When nobody can be told, the ledger and the log say so.
func TestNobodyCanBeTold(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{MessagesTabDisabled: true})
	d := s.Ask(bottest.Ann)
	s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
	s.Settle(d)
	assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 0)
	assert.Equal(t, len(s.Slack.DirectMessages(bottest.Ada)), 0)
	thread := s.View(d).Thread
	assert.Equal(t, thread.Route, ledger.Undelivered)
	assert.Equal(t, thread.Trouble, "messages_tab_disabled")
	assert.Equal(t, strings.Count(s.Log.String(), `"level":"error"`), 1, s.Log)

	calls := len(s.Slack.Calls())
	s.News(d, bottest.Ann, bottest.Removed)
	assert.Equal(t, s.Run(d), time.Duration(0))
	assert.Equal(t, len(s.Slack.Calls()), calls)
}

// A token that is not accepted is a mistake that somebody mends; the outcome waits for it.
func TestATokenThatIsMended(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.Fail("chat.postMessage", slacktest.Fault{Error: "invalid_auth"})
	s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
	d := s.Ask(bottest.Ann)
	for range 50 {
		wait := s.Run(d)
		assert.Assert(t, wait > 0)
		s.Clock.Pass(wait)
	}
	assert.Equal(t, s.View(d).Thread.Route, ledger.ByDirect)
	s.Slack.ClearFaults()
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "has left")
}

// A direct message that somebody deleted is posted again.
func TestADeletedDirectMessage(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
	d := s.Ask(bottest.Ann)
	s.Settle(d)
	s.Fail("chat.update", slacktest.Fault{Error: "message_not_found", Times: 1})
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "recorded", "has left")
}

// A redirect would carry the token, or the outcome, to wherever it leads.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var visits atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		visits.Add(1)
		_, _ = w.Write([]byte(`{"ok":true,"channel":"C0OPS","ts":"1.000001"}`))
	}))
	t.Cleanup(elsewhere.Close)
	s := newEnv(t, slacktest.Config{})
	for _, method := range []string{"chat.postMessage", "chat.update", "response_url", "conversations.history"} {
		s.Fail(method, slacktest.Fault{Redirect: elsewhere.URL, Times: 1})
	}
	d := s.Ask(bottest.Ann)
	assert.Assert(t, s.Run(d) > 0)
	s.Settle(d)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	s.WantThread("Spring launch", "has left")

	s = closed(t, slacktest.Config{})
	s.Fail("response_url", slacktest.Fault{Redirect: elsewhere.URL})
	d = s.Ask(bottest.Ann)
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "recorded")
	assert.Equal(t, visits.Load(), int32(0))
	assert.Assert(t, !strings.Contains(s.Log.String(), elsewhere.URL), s.Log)
}
