package publish

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

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
				assert.Assert(t, strings.Contains(m.Rendered, hint(code)), m.Rendered)
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

// hint is how a person reads why there is no thread.
func hint(code string) string {
	switch code {
	case "not_in_channel", "channel_not_found":
		return "invite it: /invite @linqbot"
	case "is_archived":
		return "This channel is archived"
	default:
		if strings.HasPrefix(code, "restricted_action") {
			return "Posting in this channel is restricted"
		}
		return "linqbot could not post in the channel."
	}
}
