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
				e := newEnv(t, slacktest.Config{})
				d := e.Ask(bottest.Ann)
				e.Fail(method, slacktest.Fault{Error: code, Times: 3})
				e.News(d, bottest.Ann, e.Sent)
				e.Settle(d)
				e.News(d, bottest.Ann, bottest.Removed)
				e.Settle(d)
				e.WantThread("asked for by", "has left")
				assert.Equal(t, e.View(d).Thread.Route, ledger.InThread)
				assert.Equal(t, e.Calls("response_url"), 0)
			})
		}
	}
}

// A code that nobody documents lasts after an hour. What was asked for so long ago has no response_url any more.
func TestAnUnknownCodeThatLasts(t *testing.T) {
	t.Parallel()
	e := newEnv(t, slacktest.Config{})
	e.Slack.Inject(slacktest.Fault{Method: "chat.postMessage", Channel: bottest.Ops, Error: "a_code_of_next_year"})
	d := e.Ask(bottest.Ann)
	e.News(d, bottest.Ann, bottest.Removed)
	for e.View(d).Thread.Route == ledger.InThread {
		wait := e.Run(d)
		assert.Assert(t, wait > 0)
		e.Clock.Pass(wait)
	}
	e.Settle(d)
	bottest.WantMessages(t, e.Slack.DirectMessages(bottest.Ada), "has left")
	passed := e.Clock.Now().Sub(e.View(d).Requests[0].AcceptedAt)
	assert.Assert(t, passed > time.Hour && passed < 2*time.Hour, passed)
}

// What Slack does not take goes as plain text, on each route.
func TestMessagesThatSlackDoesNotTake(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_blocks", "msg_blocks_too_long", "invalid_metadata_format", "metadata_too_large", "invalid_arguments"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			e := newEnv(t, slacktest.Config{})
			e.Slack.Chaos(everyOther("chat.", slacktest.Fault{Error: code}))
			d := e.Ask(bottest.Ann)
			e.Settle(d)
			e.News(d, bottest.Ann, bottest.Removed)
			e.Settle(d)
			e.WantThread("asked for by", "has left")
			for _, m := range e.Slack.Messages(bottest.Ops) {
				assert.Equal(t, len(m.Blocks), 0)
			}
			assert.Equal(t, e.View(d).Thread.Route, ledger.InThread)
			assert.Assert(t, strings.Contains(e.Log.String(), plainInstead))
		})
	}
	t.Run("response_url", func(t *testing.T) {
		t.Parallel()
		e := closed(t, slacktest.Config{})
		e.Slack.Chaos(everyOther("response_url", slacktest.Fault{Status: http.StatusBadRequest}))
		d := e.Ask(bottest.Ann)
		e.News(d, bottest.Ann, bottest.Removed)
		e.Settle(d)
		bottest.WantMessages(t, e.Slack.Ephemerals(bottest.Ops, bottest.Ada), "has left")
		assert.Equal(t, len(e.Slack.DirectMessages(bottest.Ada)), 0)
	})
	t.Run("not as plain text either", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, slacktest.Config{})
		e.Fail("chat.postMessage", slacktest.Fault{Error: "invalid_blocks"})
		d := e.Ask(bottest.Ann)
		e.News(d, bottest.Ann, bottest.Removed)
		e.Settle(d)
		bottest.WantMessages(t, e.Slack.Ephemerals(bottest.Ops, bottest.Ada), "has left")
		assert.Equal(t, e.View(d).Thread.Trouble, "invalid_blocks")
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
	e := newEnv(t, slacktest.Config{})
	d := e.Ask(bottest.Ann)
	e.Slack.Chaos(onSecondPost(slacktest.Fault{
		RawBody: `{"ok":true,"channel":"C0OPS","ts":"1773480413.000900","message":{"ts":"1773480413.000900","text":"x"}}`,
	}))
	e.News(d, bottest.Ann, bottest.Removed)
	e.Settle(d)
	assert.Equal(t, e.Calls("chat.delete"), 1)
	bottest.WantMessages(t, e.Slack.Ephemerals(bottest.Ops, bottest.Ada), "has left")
	assert.Equal(t, e.View(d).Thread.Trouble, "thread_not_found")
}

// Slack's answer names the channel in which a message stands; where it does not, that is the one that was named.
func TestAnAnswerWithoutAChannel(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{RawBody: `{"ok":true,"ts":"1700000000.000100"}`, Times: 1})
	s.Fail("chat.postMessage", slacktest.Fault{RetryAfter: time.Minute, Times: 1}) // of the reply
	s.Run(d)
	assert.Equal(t, s.View(d).Thread.ChannelID, bottest.Ops)
	assert.Equal(t, s.View(d).Thread.TS, "1700000000.000100")
}
