package publish

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// A reply comes to stand in the channel, since its parent was deleted: it is taken away, and the outcome goes to the
// person, whatever becomes of the first try to take it away.
func TestALooseReplyIsTakenAway(t *testing.T) {
	t.Parallel()
	const lasts = "was not deleted"
	for _, tc := range []struct {
		name    string
		fault   slacktest.Fault // of chat.delete
		private bool            // the private way is open
		stays   bool            // in the channel
		logged  string
		deletes int
	}{
		{name: "at once", private: true, deletes: 1, logged: "and was deleted"},
		{name: "when Slack is back", fault: slacktest.Fault{Status: http.StatusServiceUnavailable, Times: 1}, private: true, deletes: 2, logged: "and was deleted"},
		{name: "when Slack lets it", fault: slacktest.Fault{RetryAfter: time.Second, Times: 1}, private: true, deletes: 2, logged: "and was deleted"},
		{name: "by an answer that was lost", fault: slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1}, private: true, deletes: 2, logged: "and was deleted"},
		{name: "by somebody else", fault: slacktest.Fault{Error: "message_not_found"}, private: true, deletes: 1, stays: true, logged: "and was deleted"},
		{name: "never", fault: slacktest.Fault{Error: "cant_delete_message"}, private: true, deletes: 1, stays: true, logged: lasts},
		{name: "never, with trouble that lasts", fault: slacktest.Fault{Status: http.StatusBadGateway}, private: true, deletes: 4, stays: true, logged: lasts},
		{name: "and the private way is closed", deletes: 1, logged: "and was deleted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			api := slackapi.New(s.Slack.Config().BotToken, s.Slack.APIURL())
			_, loose, err := api.PostMessageContext(t.Context(), bottest.Ops, slack.MsgOptionText("the loose reply", false))
			assert.NilError(t, err)
			d := s.Ask(bottest.Ann)
			posts := 0
			s.Slack.Chaos(func(method string) *slacktest.Fault {
				switch {
				case method == "response_url" && !tc.private:
					return &slacktest.Fault{Status: http.StatusNotFound}
				case method != "chat.postMessage":
					return nil
				}
				if posts++; posts != 2 {
					return nil
				}
				return &slacktest.Fault{RawBody: fmt.Sprintf(`{"ok":true,"channel":%q,"ts":%q,"message":{"text":"x"}}`, bottest.Ops, loose)}
			})
			tc.fault.Method = "chat.delete"
			if tc.fault != (slacktest.Fault{Method: "chat.delete"}) {
				s.Slack.Inject(tc.fault)
			}
			s.Settle(d)
			s.Settle(d)
			if tc.private {
				assert.Equal(t, s.View(d).Thread.Route, ledger.ByResponseURL)
				bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "recorded")
			} else {
				assert.Equal(t, s.View(d).Thread.Route, ledger.ByDirect)
				bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "recorded")
			}
			assert.Equal(t, s.Calls("chat.delete"), tc.deletes)
			stays := false
			for _, m := range s.Slack.Messages(bottest.Ops) {
				stays = stays || m.TS == loose
			}
			assert.Equal(t, stays, tc.stays)
			assert.Assert(t, strings.Contains(s.Log.String(), tc.logged), s.Log)
		})
	}
}

// The same when the process ended before it could take the reply away: the next one finds it.
func TestALooseReplyIsFoundAfterACrash(t *testing.T) {
	t.Parallel()
	for name, replies := range map[string]slacktest.Fault{
		"the thread is gone":           {},
		"the thread is empty":          {RawBody: `{"ok":true,"messages":[]}`},
		"another message in its place": {RawBody: `{"ok":true,"messages":[{"ts":"1.2","subtype":"tombstone"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.Slack.Chaos(onSecondPost(slacktest.Fault{Drop: slacktest.BeforeEffect}))
			s.Run(d)
			s.Slack.Chaos(nil)
			api := slackapi.New(s.Slack.Config().BotToken, s.Slack.APIURL())
			view := s.View(d)
			_, _, err := api.DeleteMessageContext(t.Context(), bottest.Ops, view.Thread.TS)
			assert.NilError(t, err)
			_, _, err = api.PostMessageContext(t.Context(), bottest.Ops, slack.MsgOptionText("the loose reply", false), slack.MsgOptionMetadata(slack.SlackMetadata{
				EventType: metadataType, EventPayload: map[string]any{"key": "reply-" + view.Requests[0].ID},
			}))
			assert.NilError(t, err)
			if replies != (slacktest.Fault{}) {
				s.Fail("conversations.replies", replies)
			}
			logger, log := bottest.NewLog()
			s.publisher, s.Log = s.newPublisher(logger), log
			s.Settle(d)
			assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 0, "%s", s.Slack.Screen(bottest.Ops, bottest.Ada))
			assert.Equal(t, s.View(d).Thread.Route, ledger.ByResponseURL)
			bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "recorded")
			assert.Assert(t, strings.Contains(s.Log.String(), "and was deleted"), s.Log)
		})
	}
}
