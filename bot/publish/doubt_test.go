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

// losses are the ways in which a call's answer says nothing of what came of it.
func losses() map[string]slacktest.Fault {
	return map[string]slacktest.Fault{
		"dropped before":              {Drop: slacktest.BeforeEffect},
		"dropped after":               {Drop: slacktest.AfterEffect},
		"5xx before":                  {Status: http.StatusBadGateway},
		"5xx after":                   {Status: http.StatusBadGateway, WithEffect: true},
		"fatal_error before":          {Error: "fatal_error"},
		"fatal_error after":           {Error: "fatal_error", WithEffect: true},
		"internal_error after":        {Error: "internal_error", WithEffect: true},
		"not ok, no error, before":    {NoError: true},
		"not ok, no error, after":     {NoError: true, WithEffect: true},
		"ok and no ts, before":        {RawBody: `{"ok":true}`},
		"ok and no ts, after":         {RawBody: `{"ok":true,"channel":"C0OPS","ts":""}`, WithEffect: true},
		"a page of HTML, after":       {RawBody: "<html>sorry</html>", WithEffect: true},
		"half an answer, after":       {RawBody: `{"ok":true,"channel":"C0`, WithEffect: true},
		"an answer to nothing, after": {RawBody: `[]`, WithEffect: true},
	}
}

// A post whose answer is lost is looked for: it is made again only when it certainly does not stand.
func TestAPostWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, fault := range losses() {
		for call, lost := range map[string]int{"the parent": 1, "a reply": 3} {
			t.Run(name+", "+call, func(t *testing.T) {
				t.Parallel()
				s := newEnv(t, slacktest.Config{})
				d := s.Ask(bottest.Ann, bottest.Bert)
				posts := 0
				fault := fault
				s.Slack.Chaos(func(method string) *slacktest.Fault {
					if method != "chat.postMessage" {
						return nil
					}
					posts++
					if posts == lost {
						return &fault
					}
					return nil
				})
				assert.Assert(t, s.Run(d) > 0, "a lost answer is no success")
				s.Slack.Chaos(nil)
				s.Settle(d)
				s.WantThread("asked to remove", "0132", "0133")
				view := s.View(d)
				assert.Assert(t, view.Thread.TS != "" && view.Thread.Since.IsZero() && view.Thread.TroubleSince.IsZero(), "%+v", view.Thread)
				wantPosts := 3
				if strings.Contains(name, "before") {
					wantPosts = 4
				}
				assert.Equal(t, s.Calls("chat.postMessage"), wantPosts)

				// What was found again is also kept up to date.
				s.News(d, bottest.Ann, bottest.Removed)
				s.Settle(d)
				s.WantThread("Spring launch", "has left", "0133")
			})
		}
	}
}

// What is looked for may have got news meanwhile.
func TestAPostThatIsFoundIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.Run(d)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	s.WantThread("Spring launch", "has left")
	assert.Equal(t, s.Calls("chat.postMessage"), 2)
}

// Between a lost post and the look at the channel others wrote a lot.
func TestAPostIsFoundAmongMany(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	other := s.Ask(bottest.Cleo)
	s.Run(other)
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.Run(d)
	for range 450 {
		s.Slack.PostAs(bottest.Ada, bottest.Ops, "", "chatter")
	}
	s.Settle(d)
	assert.Equal(t, s.Calls("chat.postMessage"), 4)
	assert.Assert(t, s.View(d).Thread.TS != s.View(other).Thread.TS)
	assert.Equal(t, len(s.Slack.Thread(bottest.Ops, s.View(d).Thread.TS)), 2)
}

// A reply that could no longer be changed bears the same mark as the one that follows it.
func TestAnOldReplyIsNotTakenForALostOne(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Run(d)
	s.Clock.Pass(10 * time.Minute)
	s.News(d, bottest.Ann, s.Sent)
	s.Fail("chat.update", slacktest.Fault{Error: "edit_window_closed", Times: 1})
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.Settle(d)
	s.WantThread("asked to remove", "recorded", "queued")
	assert.Equal(t, s.Calls("chat.postMessage"), 3)
	assert.Equal(t, s.View(d).Replies[s.View(d).Requests[0].ID].TS, s.OnlyThread()[2].TS)
}

// After days of standing still the channel has moved on by thousands of messages.
func TestAPostIsFoundDaysLater(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.Run(d)
	for range 1500 {
		s.Clock.Pass(time.Minute)
		s.Slack.PostAs(bottest.Ada, bottest.Ops, "", "chatter")
	}
	s.Settle(d)
	assert.Equal(t, s.Calls("chat.postMessage"), 2)
	assert.Equal(t, s.View(d).Thread.TS, s.Slack.Messages(bottest.Ops)[0].TS)
}

// A crash between the intent and the answer leaves the same traces as a lost answer.
func TestACrashWhilePosting(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault slacktest.Fault
	}{
		{"the message stands", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1}},
		{"the message does not stand", slacktest.Fault{Drop: slacktest.BeforeEffect, Times: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.Fail("chat.postMessage", tc.fault)
			s.Run(d)
			// The process is gone; what it knew of the trouble besides the intent with it.
			thread := s.View(d).Thread
			assert.Assert(t, !thread.Since.IsZero() && thread.TS == "", "the intent is kept: %+v", thread)
			assert.NilError(t, s.Ledger.SaveThread(t.Context(), ledger.Thread{
				Delivery: d, Route: ledger.InThread, Posting: ledger.Posting{Since: thread.Since},
			}))
			logger, _ := bottest.NewLog()
			s.publisher = s.newPublisher(logger)

			stands := len(s.Slack.Messages(bottest.Ops)) == 1
			wait := s.Run(d)
			if stands {
				assert.Equal(t, wait, time.Duration(0))
				s.WantThread("asked to remove", "recorded")
				assert.Equal(t, s.Calls("chat.postMessage"), 2)
				return
			}
			// It may still turn up.
			assert.Assert(t, wait > 0 && wait <= time.Second, "waits %s", wait)
			s.Clock.Pass(settleTime - time.Millisecond)
			assert.Assert(t, s.Run(d) > 0)
			assert.Equal(t, s.Calls("chat.postMessage"), 1)
			s.Clock.Pass(time.Millisecond)
			assert.Equal(t, s.Run(d), time.Duration(0))
			s.WantThread("asked to remove", "recorded")
		})
	}
}

// A post that turns up late, while it is still waited for.
func TestAPostThatTurnsUpLate(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.Fail("conversations.history", slacktest.Fault{RawBody: `{"ok":true,"messages":[]}`, Times: 2})
	s.Run(d)
	assert.Assert(t, s.Run(d) > 0)
	s.Clock.Pass(time.Second)
	assert.Assert(t, s.Run(d) > 0)
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
	assert.Equal(t, s.Calls("chat.postMessage"), 2)
}

// A direct message cannot be looked for by the name of a member.
func TestADirectMessageWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
	posts := 0
	s.Slack.Chaos(func(method string) *slacktest.Fault {
		if method == "chat.postMessage" {
			posts++
			if posts == 2 {
				return &slacktest.Fault{Drop: slacktest.BeforeEffect}
			}
		}
		return nil
	})
	d := s.Ask(bottest.Ann)
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "recorded")
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "has left")
}
