package bot

import (
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// The end of the offer is no news: where the message can no longer be changed, nobody hears of it.
func TestTheEndOfTheOfferIsNoNews(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*stage){
		"archived":        func(s *stage) { s.slack.Archive(ops) },
		"no longer there": func(s *stage) { s.slack.SetMember(ops, s.slack.Config().BotUserID, false) },
		"deleted":         func(s *stage) { s.fail("chat.update", slacktest.Fault{Error: "message_not_found"}) },
		"too old":         func(s *stage) { s.fail("chat.update", slacktest.Fault{Error: "edit_window_closed"}) },
		"out":             func(s *stage) { s.fail("chat.update", slacktest.Fault{Error: "invalid_auth"}) },
		"for a moment":    func(s *stage) { s.fail("chat.update", slacktest.Fault{Status: 500, Times: 2}) },
	} {
		for _, direct := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s direct %t", name, direct), func(t *testing.T) {
				t.Parallel()
				s := newStage(t, slacktest.Config{})
				channel := ops
				if direct {
					channel = ""
				}
				d := s.askIn(channel, ada, ann, bert)
				s.news(d, ann, func(r *ledger.Request) { removed(r); r.EndedAt = s.clock.now() })
				s.news(d, bert, func(r *ledger.Request) { removed(r); r.EndedAt = s.clock.now() })
				s.settle(d)
				before := len(s.slack.Messages(ops)) + len(s.slack.DirectMessages(ada))
				route := s.view(d).Thread.Route
				s.clock.pass(24 * time.Hour)
				change(s)
				s.settle(d)
				s.settle(d)
				assert.Equal(t, len(s.slack.Messages(ops))+len(s.slack.DirectMessages(ada)), before)
				assert.Equal(t, len(s.slack.Ephemerals(ops, ada)), 0)
				assert.Equal(t, s.view(d).Thread.Route, route)
				calls := len(s.slack.Calls())
				s.settle(d)
				assert.Equal(t, len(s.slack.Calls()), calls, "and that is the end of it")

				// What is news is told all the same.
				s.slack.ClearFaults()
				if name == "deleted" && !direct {
					s.news(d, ann, func(r *ledger.Request) { r.People = 3 })
					s.settle(d)
					s.wantThread("asked to remove", "3 people stay", "4 people stay")
				}
			})
		}
	}
}
