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

// What passes is waited for on the same route, with a post as with an update.
func TestCodesThatPass(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"team_added_to_org", "org_login_required", "external_channel_migrating", "ekm_access_denied", "accesslimited",
		"update_failed", "internal_error", "service_unavailable", "a_code_of_next_year",
	} {
		for _, method := range []string{"chat.postMessage", "chat.update"} {
			t.Run(code+" "+method, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, slacktest.Config{})
				d := s.Ask(bottest.Ann)
				s.Fail(method, slacktest.Fault{Error: code, Times: 3})
				s.News(d, bottest.Ann, s.Sent)
				s.Settle(d)
				s.News(d, bottest.Ann, bottest.Removed)
				s.Settle(d)
				s.WantThread("asked to remove", "has left")
				assert.Equal(t, s.View(d).Thread.Route, ledger.InThread)
				assert.Equal(t, s.Calls("response_url"), 0)
			})
		}
	}
}

// A code that nobody documents lasts after an hour. What was asked for so long ago has no response_url any more.
func TestAnUnknownCodeThatLasts(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.Slack.Inject(slacktest.Fault{Method: "chat.postMessage", Channel: bottest.Ops, Error: "a_code_of_next_year"})
	d := s.Ask(bottest.Ann)
	s.News(d, bottest.Ann, bottest.Removed)
	for s.View(d).Thread.Route == ledger.InThread {
		wait := s.Run(d)
		assert.Assert(t, wait > 0)
		s.Clock.Pass(wait)
	}
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "has left")
	passed := s.Clock.Now().Sub(s.View(d).Requests[0].AcceptedAt)
	assert.Assert(t, passed > time.Hour && passed < 2*time.Hour, passed)
}

// What Slack does not take goes as plain text, on each route.
func TestMessagesThatSlackDoesNotTake(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_blocks", "msg_blocks_too_long", "invalid_metadata_format", "metadata_too_large", "invalid_arguments"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, slacktest.Config{})
			s.Slack.Chaos(everyOther("chat.", slacktest.Fault{Error: code}))
			d := s.Ask(bottest.Ann)
			s.Settle(d)
			s.News(d, bottest.Ann, bottest.Removed)
			s.Settle(d)
			s.WantThread("asked to remove", "has left")
			for _, m := range s.Slack.Messages(bottest.Ops) {
				assert.Equal(t, len(m.Blocks), 0)
			}
			assert.Equal(t, s.View(d).Thread.Route, ledger.InThread)
			assert.Assert(t, strings.Contains(s.Log.String(), plainInstead))
		})
	}
	t.Run("response_url", func(t *testing.T) {
		t.Parallel()
		s := closed(t, slacktest.Config{})
		s.Slack.Chaos(everyOther("response_url", slacktest.Fault{Status: http.StatusBadRequest}))
		d := s.Ask(bottest.Ann)
		s.News(d, bottest.Ann, bottest.Removed)
		s.Settle(d)
		bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "has left")
		assert.Equal(t, len(s.Slack.DirectMessages(bottest.Ada)), 0)
	})
	t.Run("not as plain text either", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, slacktest.Config{})
		s.Fail("chat.postMessage", slacktest.Fault{Error: "invalid_blocks"})
		d := s.Ask(bottest.Ann)
		s.News(d, bottest.Ann, bottest.Removed)
		s.Settle(d)
		bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "has left")
		assert.Equal(t, s.View(d).Thread.Trouble, "invalid_blocks")
	})
}

// everyOther has a fault meet the first call of a method, the third, and so on.
func everyOther(prefix string, fault slacktest.Fault) func(string) *slacktest.Fault {
	calls := 0
	return func(method string) *slacktest.Fault {
		if !strings.HasPrefix(method, prefix) {
			return nil
		}
		if calls++; calls%2 == 0 {
			return nil
		}
		return &fault
	}
}

// A reply whose parent somebody deletes at the same time stands in the channel. It is taken back, and the person is
// told alone.
func TestAReplyThatStandsInTheChannel(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	posts := 0
	s.Slack.Chaos(func(method string) *slacktest.Fault {
		if method != "chat.postMessage" {
			return nil
		}
		if posts++; posts != 2 {
			return nil
		}
		return &slacktest.Fault{RawBody: `{"ok":true,"channel":"C0OPS","ts":"1773480413.000900","message":{"ts":"1773480413.000900","text":"x"}}`}
	})
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	assert.Equal(t, s.Calls("chat.delete"), 1)
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "has left")
	assert.Equal(t, s.View(d).Thread.Trouble, "thread_not_found")
}
