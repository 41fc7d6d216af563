package publish

import (
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// The end of the offer is no news: where the message can no longer be changed, nobody hears of it.
func TestTheEndOfTheOfferIsNoNews(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*env){
		"archived":        func(s *env) { s.Slack.Archive(bottest.Ops) },
		"no longer there": func(s *env) { s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false) },
		"deleted":         func(s *env) { s.Fail("chat.update", slacktest.Fault{Error: "message_not_found"}) },
		"too old":         func(s *env) { s.Fail("chat.update", slacktest.Fault{Error: "edit_window_closed"}) },
		"out":             func(s *env) { s.Fail("chat.update", slacktest.Fault{Error: "invalid_auth"}) },
		"for a moment":    func(s *env) { s.Fail("chat.update", slacktest.Fault{Status: 500, Times: 2}) },
	} {
		for _, direct := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s direct %t", name, direct), func(t *testing.T) {
				t.Parallel()
				s := newEnv(t, slacktest.Config{})
				channel := bottest.Ops
				if direct {
					channel = ""
				}
				d := s.AskIn(channel, bottest.Ada, bottest.Ann, bottest.Bert)
				s.News(d, bottest.Ann, func(r *ledger.Request) { bottest.Removed(r); r.EndedAt = s.Clock.Now() })
				s.News(d, bottest.Bert, func(r *ledger.Request) { bottest.Removed(r); r.EndedAt = s.Clock.Now() })
				s.Settle(d)
				before := len(s.Slack.Messages(bottest.Ops)) + len(s.Slack.DirectMessages(bottest.Ada))
				route := s.View(d).Thread.Route
				s.Clock.Pass(24 * time.Hour)
				change(s)
				s.Settle(d)
				s.Settle(d)
				assert.Equal(t, len(s.Slack.Messages(bottest.Ops))+len(s.Slack.DirectMessages(bottest.Ada)), before)
				assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 0)
				assert.Equal(t, s.View(d).Thread.Route, route)
				calls := len(s.Slack.Calls())
				s.Settle(d)
				assert.Equal(t, len(s.Slack.Calls()), calls, "and that is the end of it")

				// What is news is told all the same.
				s.Slack.ClearFaults()
				if name == "deleted" && !direct {
					s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 3 })
					s.Settle(d)
					s.WantThread("asked to remove", "3 people stay", "4 people stay")
				}
			})
		}
	}
}

// A message for one alone cannot be changed after half an hour: its button stays, and what it is
// about is not told again by direct message.
func TestTheOfferByResponseURL(t *testing.T) {
	t.Parallel()
	s := closed(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.News(d, bottest.Ann, func(r *ledger.Request) { bottest.Removed(r); r.EndedAt = s.Clock.Now() })
	s.Settle(d)
	told := s.Slack.Ephemerals(bottest.Ops, bottest.Ada)
	bottest.WantMessages(t, told, "[ Add back ]")
	removal := s.View(d).Requests[0]
	undo := removal.Order
	undo.Delivery, undo.Kind, undo.Undoes = "undo-1", ledger.Add, removal.ID
	_, err := s.Ledger.Accept(t.Context(), []ledger.Order{undo})
	assert.NilError(t, err)
	assert.Assert(t, s.View(d).Requests[0].Undone)
	s.Settle(d)
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 1, "that somebody takes it back is no news of the removal")
	s.Clock.Pass(24 * time.Hour)
	s.Settle(d)
	assert.Equal(t, len(s.Slack.DirectMessages(bottest.Ada)), 0)
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Ada)), 1)
	assert.Equal(t, s.View(d).Thread.Route, ledger.ByResponseURL)
}
