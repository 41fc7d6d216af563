package bot

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// closed is a stage whose channel does not let the bot post.
func closed(t *testing.T, cfg slacktest.Config) *stage {
	t.Helper()
	s := newStage(t, cfg)
	s.slack.SetMember(ops, s.slack.Config().BotUserID, false)
	return s
}

// Where the bot may not post, the one who asked is told, and nobody else.
func TestWhereTheBotMayNotPost(t *testing.T) {
	t.Parallel()
	refuse := func(code string) func(*stage) {
		return func(s *stage) { s.fail("chat.postMessage", slacktest.Fault{Error: code}) }
	}
	for code, arrange := range map[string]func(*stage){
		"not_in_channel": func(s *stage) { s.slack.SetMember(ops, s.slack.Config().BotUserID, false) },
		"channel_not_found": func(s *stage) {
			s.slack.AddChannel(slacktest.Channel{ID: ops, Kind: slacktest.Private, Members: []string{ada, grace}})
		},
		"is_archived": func(s *stage) { s.slack.Archive(ops) },
		"restricted_action_read_only_channel": func(s *stage) {
			s.slack.AddChannel(slacktest.Channel{ID: ops, BotMember: true, ReadOnly: true})
		},
		"restricted_action":                        refuse("restricted_action"),
		"restricted_action_thread_only_channel":    refuse("restricted_action_thread_only_channel"),
		"restricted_action_non_threadable_channel": refuse("restricted_action_non_threadable_channel"),
		"no_permission":                            refuse("no_permission"),
		"team_access_not_granted":                  refuse("team_access_not_granted"),
		"a_code_of_next_year":                      refuse("a_code_of_next_year"),
		"invalid_auth":                             refuse("invalid_auth"),
		"token_revoked":                            refuse("token_revoked"),
		"account_inactive":                         refuse("account_inactive"),
		"missing_scope":                            refuse("missing_scope"),
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, slacktest.Config{})
			arrange(s)
			d := s.ask(ann)
			s.settle(d)
			s.news(d, ann, removed)
			s.settle(d)
			assert.Equal(t, len(s.slack.Messages(ops)), 0, "public: %+v", s.slack.Messages(ops))
			wantMessages(t, s.slack.Ephemerals(ops, ada), "recorded", "has left")
			assert.Equal(t, len(s.slack.Ephemerals(ops, grace)), 0)
			assert.Equal(t, len(s.slack.DirectMessages(ada)), 0)
			thread := s.view(d).Thread
			assert.Equal(t, thread.Route, ledger.ByResponseURL)
			assert.Equal(t, thread.Trouble, code)
			assert.Equal(t, thread.ResponseUses, 2)
			assert.Equal(t, s.calls("chat.postMessage"), 1, "a route that was left is not tried again")
			for _, m := range s.slack.Ephemerals(ops, ada) {
				assert.Assert(t, strings.Contains(m.Rendered, hint(code)), m.Rendered)
			}
			assert.Assert(t, strings.Contains(s.log.String(), `"to":"response_url"`), s.log)
		})
	}
}

// A channel that is closed after the thread began.
func TestAChannelThatCloses(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.news(d, ann, s.sent)
	s.settle(d)
	s.slack.Archive(ops)
	s.news(d, ann, removed)
	s.settle(d)
	s.wantThread("asked to remove", "queued")
	wantMessages(t, s.slack.Ephemerals(ops, ada), "has left")
	assert.Equal(t, s.view(d).Thread.Trouble, "is_archived")
}

// A thread that is closed to replies.
func TestAThreadThatIsLocked(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	posts := 0
	s.slack.Chaos(func(method string) *slacktest.Fault {
		if method == "chat.postMessage" {
			if posts++; posts > 1 {
				return &slacktest.Fault{Error: "restricted_action_thread_locked"}
			}
		}
		return nil
	})
	s.settle(d)
	s.wantThread("asked to remove")
	wantMessages(t, s.slack.Ephemerals(ops, ada), "recorded")
}

// Slack takes five answers. The last of them is kept for the outcome, however much happens before.
func TestTheLastResponseIsForTheOutcome(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	d := s.ask(ann)
	s.settle(d)
	for people := range 12 {
		s.news(d, ann, func(r *ledger.Request) {
			r.State, r.SentAt, r.ChatName = ledger.Sent, s.clock.now(), strings.Repeat("x", people+1)
		})
		s.settle(d)
	}
	assert.Equal(t, len(s.slack.Ephemerals(ops, ada)), mostResponses-1)
	s.news(d, ann, removed)
	s.settle(d)
	told := s.slack.Ephemerals(ops, ada)
	assert.Equal(t, len(told), mostResponses)
	assert.Assert(t, strings.Contains(told[mostResponses-1].Rendered, "has left"))
	s.settle(d)
	assert.Equal(t, s.calls("response_url"), mostResponses)

	// A late change of mind has to go another way.
	s.news(d, ann, func(r *ledger.Request) { r.People = 3 })
	s.settle(d)
	assert.Equal(t, s.calls("response_url"), mostResponses)
	wantMessages(t, s.slack.DirectMessages(ada), "3 people stay")
}

// With several people in one command the outcome is that of the last.
func TestTheLastResponseWaitsForAll(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	handles := []string{ann, bert, cleo, "+14155550135", "+14155550136", "+14155550137"}
	d := s.ask(handles...)
	s.settle(d)
	for _, handle := range handles {
		s.news(d, handle, removed)
		s.settle(d)
	}
	told := s.slack.Ephemerals(ops, ada)
	assert.Equal(t, len(told), mostResponses)
	last := told[len(told)-1].Rendered
	assert.Equal(t, strings.Count(last, "has left"), len(handles), last)
}

// Past its time or refused, the response_url is no way any more, and a direct message is.
func TestAResponseURLThatIsSpent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		arrange func(*stage)
		uses    int
	}{
		{"expired", func(s *stage) { s.clock.pass(30*time.Minute + time.Second) }, 0},
		{"about to expire", func(s *stage) { s.clock.pass(responseTime + time.Second) }, 0},
		{"404", func(s *stage) { s.fail("response_url", slacktest.Fault{Error: "used_url"}) }, 1},
		{"410", func(s *stage) { s.fail("response_url", slacktest.Fault{Status: http.StatusGone}) }, 1},
		{"a redirect", func(s *stage) { s.fail("response_url", slacktest.Fault{Redirect: s.slack.APIURL() + "auth.test"}) }, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := closed(t, slacktest.Config{})
			d := s.ask(ann)
			tc.arrange(s)
			s.settle(d)
			s.news(d, ann, removed)
			s.settle(d)
			assert.Equal(t, s.calls("response_url"), tc.uses)
			assert.Equal(t, len(s.slack.Ephemerals(ops, ada)), 0)
			assert.Equal(t, len(s.slack.Messages(ops)), 0)
			direct := s.slack.DirectMessages(ada)
			wantMessages(t, direct, "has left")
			assert.Equal(t, direct[0].Edits, 1, "one message, kept current")
			assert.Assert(t, strings.Contains(direct[0].Rendered, hint("not_in_channel")), direct[0].Rendered)
			thread := s.view(d).Thread
			assert.Equal(t, thread.Route, ledger.ByDirect)
			assert.Equal(t, thread.Trouble, "not_in_channel", "what people can mend")
			assert.Equal(t, s.calls("auth.test"), 0)
		})
	}
}

// A request without a response_url, as others than slash commands make.
func TestWithoutAResponseURL(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	_, err := s.ledger.Accept(t.Context(), []ledger.Order{{
		Delivery: "d1", Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: testTeam, ChannelID: ops, UserID: ada,
		ChatID: chatID, Handle: ledger.Conceal(ann),
	}})
	assert.NilError(t, err)
	s.settle("d1")
	wantMessages(t, s.slack.DirectMessages(ada), "recorded")
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
			d := s.ask(ann)
			tc.fault.Times = 1
			s.fail("response_url", tc.fault)
			wait := s.run(d)
			assert.Assert(t, wait > 0)
			if tc.fault.RetryAfter > 0 {
				assert.Equal(t, wait, tc.fault.RetryAfter)
			}
			s.settle(d)
			assert.Equal(t, len(s.slack.Ephemerals(ops, ada)), tc.told)
			assert.Equal(t, s.view(d).Thread.ResponseUses, tc.uses)
			assert.Equal(t, s.view(d).Thread.Route, ledger.ByResponseURL)
		})
	}
}

// Uses are counted before they are made: never more than Slack takes, whatever becomes of the answers.
func TestResponsesThatAreAllLost(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	d := s.ask(ann)
	s.news(d, ann, removed)
	s.fail("response_url", slacktest.Fault{Drop: slacktest.BeforeEffect})
	s.settle(d)
	assert.Equal(t, s.calls("response_url"), mostResponses)
	wantMessages(t, s.slack.DirectMessages(ada), "has left")
}

// When nobody can be told, the ledger and the log say so.
func TestNobodyCanBeTold(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{MessagesTabDisabled: true})
	d := s.ask(ann)
	s.fail("response_url", slacktest.Fault{Error: "expired_url"})
	s.settle(d)
	assert.Equal(t, len(s.slack.Messages(ops)), 0)
	assert.Equal(t, len(s.slack.DirectMessages(ada)), 0)
	thread := s.view(d).Thread
	assert.Equal(t, thread.Route, ledger.Undelivered)
	assert.Equal(t, thread.Trouble, "messages_tab_disabled")
	assert.Equal(t, strings.Count(s.log.String(), `"level":"error"`), 1, s.log)

	calls := len(s.slack.Calls())
	s.news(d, ann, removed)
	assert.Equal(t, s.run(d), time.Duration(0))
	assert.Equal(t, len(s.slack.Calls()), calls)
}

// A token that is not accepted is a mistake that somebody mends; the outcome waits for it.
func TestATokenThatIsMended(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.fail("chat.postMessage", slacktest.Fault{Error: "invalid_auth"})
	s.fail("response_url", slacktest.Fault{Error: "expired_url"})
	d := s.ask(ann)
	for range 50 {
		wait := s.run(d)
		assert.Assert(t, wait > 0)
		s.clock.pass(wait)
	}
	assert.Equal(t, s.view(d).Thread.Route, ledger.ByDirect)
	s.slack.ClearFaults()
	s.news(d, ann, removed)
	s.settle(d)
	wantMessages(t, s.slack.DirectMessages(ada), "has left")
}

// A direct message that somebody deleted is posted again.
func TestADeletedDirectMessage(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	s.fail("response_url", slacktest.Fault{Error: "expired_url"})
	d := s.ask(ann)
	s.settle(d)
	s.fail("chat.update", slacktest.Fault{Error: "message_not_found", Times: 1})
	s.news(d, ann, removed)
	s.settle(d)
	wantMessages(t, s.slack.DirectMessages(ada), "recorded", "has left")
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
	s := newStage(t, slacktest.Config{})
	for _, method := range []string{"chat.postMessage", "chat.update", "response_url", "conversations.history"} {
		s.fail(method, slacktest.Fault{Redirect: elsewhere.URL, Times: 1})
	}
	d := s.ask(ann)
	assert.Assert(t, s.run(d) > 0)
	s.settle(d)
	s.news(d, ann, removed)
	s.settle(d)
	s.wantThread("Spring launch", "has left")

	s = closed(t, slacktest.Config{})
	s.fail("response_url", slacktest.Fault{Redirect: elsewhere.URL})
	d = s.ask(ann)
	s.settle(d)
	wantMessages(t, s.slack.DirectMessages(ada), "recorded")
	assert.Equal(t, visits.Load(), int32(0))
	assert.Assert(t, !strings.Contains(s.log.String(), elsewhere.URL), s.log)
}
