package bot

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
	for name, change := range map[string]func(*stage){
		"archived":        func(s *stage) { s.Slack.Archive(bottest.Ops) },
		"no longer there": func(s *stage) { s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false) },
		"deleted":         func(s *stage) { s.Fail("chat.update", slacktest.Fault{Error: "message_not_found"}) },
		"too old":         func(s *stage) { s.Fail("chat.update", slacktest.Fault{Error: "edit_window_closed"}) },
		"out":             func(s *stage) { s.Fail("chat.update", slacktest.Fault{Error: "invalid_auth"}) },
		"for a moment":    func(s *stage) { s.Fail("chat.update", slacktest.Fault{Status: 500, Times: 2}) },
	} {
		for _, direct := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s direct %t", name, direct), func(t *testing.T) {
				t.Parallel()
				s := newStage(t, slacktest.Config{})
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
