package publish

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// Somebody deletes the parent: the outcome gets a thread again, all of it.
func TestADeletedParent(t *testing.T) {
	t.Parallel()
	remove := func(s *env, ts string) {
		api := slackapi.New(s.Slack.Config().BotToken, s.Slack.APIURL())
		_, _, err := api.DeleteMessageContext(t.Context(), bottest.Ops, ts)
		assert.NilError(t, err)
	}
	t.Run("with its replies", func(t *testing.T) {
		t.Parallel()
		s := newEnv(t, slacktest.Config{})
		d := s.Ask(bottest.Ann, bottest.Bert)
		s.Run(d)
		for _, m := range s.Slack.Messages(bottest.Ops) {
			remove(s, m.TS)
		}
		s.News(d, bottest.Ann, bottest.Removed)
		s.Settle(d)
		s.WantThread("asked to remove", "has left", "recorded")
	})
	t.Run("alone, and the parent has news too", func(t *testing.T) {
		t.Parallel()
		s := newEnv(t, slacktest.Config{})
		d := s.Ask(bottest.Ann, bottest.Bert)
		s.Run(d)
		old := s.OnlyThread()[0].TS
		remove(s, old)
		s.News(d, bottest.Ann, bottest.Removed)
		s.Settle(d)
		parents := s.Parents()
		assert.Equal(t, len(parents), 1)
		assert.Assert(t, parents[0].TS != old)
		bottest.WantMessages(t, s.Slack.Thread(bottest.Ops, parents[0].TS), "asked to remove", "has left", "recorded")
		assert.Equal(t, s.View(d).Thread.TS, parents[0].TS)
	})
	t.Run("before its first reply", func(t *testing.T) {
		t.Parallel()
		s := newEnv(t, slacktest.Config{})
		d := s.Ask(bottest.Ann)
		first := true
		s.Slack.Chaos(func(method string) *slacktest.Fault {
			if method == "chat.postMessage" && !first {
				return &slacktest.Fault{RetryAfter: time.Second}
			}
			first = false
			return nil
		})
		wait := s.Run(d)
		s.Slack.Chaos(nil)
		remove(s, s.OnlyThread()[0].TS)
		s.Clock.Pass(wait)
		s.Settle(d)
		s.WantThread("asked to remove", "recorded")
	})
}

// Threads that vanish again and again are not begun for ever.
func TestThreadsThatKeepVanishing(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	posts := 0
	s.Slack.Chaos(func(method string) *slacktest.Fault {
		if method != "chat.postMessage" {
			return nil
		}
		if posts++; posts%2 == 0 {
			return &slacktest.Fault{Error: "thread_not_found"}
		}
		return nil
	})
	s.Settle(d)
	assert.Equal(t, len(s.Parents()), 1+mostDoubts)
	assert.Equal(t, s.View(d).Thread.Route, ledger.ByResponseURL)
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "recorded")
}
