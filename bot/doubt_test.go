package bot

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

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
				s := newStage(t, slacktest.Config{})
				d := s.ask(ann, bert)
				posts := 0
				fault := fault
				s.slack.Chaos(func(method string) *slacktest.Fault {
					if method != "chat.postMessage" {
						return nil
					}
					posts++
					if posts == lost {
						return &fault
					}
					return nil
				})
				assert.Assert(t, s.run(d) > 0, "a lost answer is no success")
				s.slack.Chaos(nil)
				s.settle(d)
				s.wantThread("asked to remove", "0132", "0133")
				view := s.view(d)
				assert.Assert(t, view.Thread.TS != "" && view.Thread.Since.IsZero() && view.Thread.TroubleSince.IsZero(), "%+v", view.Thread)
				wantPosts := 3
				if strings.Contains(name, "before") {
					wantPosts = 4
				}
				assert.Equal(t, s.calls("chat.postMessage"), wantPosts)

				// What was found again is also kept up to date.
				s.news(d, ann, removed)
				s.settle(d)
				s.wantThread("Spring launch", "has left", "0133")
			})
		}
	}
}

// What is looked for may have got news meanwhile.
func TestAPostThatIsFoundIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.run(d)
	s.news(d, ann, removed)
	s.settle(d)
	s.wantThread("Spring launch", "has left")
	assert.Equal(t, s.calls("chat.postMessage"), 2)
}

// Between a lost post and the look at the channel others wrote a lot.
func TestAPostIsFoundAmongMany(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	other := s.ask(cleo)
	s.run(other)
	d := s.ask(ann)
	s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.run(d)
	for range 450 {
		s.slack.PostAs(ada, ops, "", "chatter")
	}
	s.settle(d)
	assert.Equal(t, s.calls("chat.postMessage"), 4)
	assert.Assert(t, s.view(d).Thread.TS != s.view(other).Thread.TS)
	assert.Equal(t, len(s.slack.Thread(ops, s.view(d).Thread.TS)), 2)
}

// A reply that could no longer be changed bears the same mark as the one that follows it.
func TestAnOldReplyIsNotTakenForALostOne(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.news(d, ann, s.sent)
	s.run(d)
	s.clock.pass(10 * time.Minute)
	s.news(d, ann, removed)
	s.fail("chat.update", slacktest.Fault{Error: "edit_window_closed", Times: 1})
	s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.settle(d)
	s.wantThread("asked to remove", "queued", "has left")
	assert.Equal(t, s.calls("chat.postMessage"), 3)
	assert.Equal(t, s.view(d).Replies[s.view(d).Requests[0].ID].TS, s.onlyThread()[2].TS)
}

// After days of standing still the channel has moved on by thousands of messages.
func TestAPostIsFoundDaysLater(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.run(d)
	for range 1500 {
		s.clock.pass(time.Minute)
		s.slack.PostAs(ada, ops, "", "chatter")
	}
	s.settle(d)
	assert.Equal(t, s.calls("chat.postMessage"), 2)
	assert.Equal(t, s.view(d).Thread.TS, s.slack.Messages(ops)[0].TS)
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
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			s.fail("chat.postMessage", tc.fault)
			s.run(d)
			// The process is gone; what it knew of the trouble besides the intent with it.
			thread := s.view(d).Thread
			assert.Assert(t, !thread.Since.IsZero() && thread.TS == "", "the intent is kept: %+v", thread)
			assert.NilError(t, s.ledger.SaveThread(t.Context(), ledger.Thread{
				Delivery: d, Route: ledger.InThread, Posting: ledger.Posting{Since: thread.Since},
			}))
			logger, _ := newLog()
			s.show = s.newShow(logger)

			stands := len(s.slack.Messages(ops)) == 1
			wait := s.run(d)
			if stands {
				assert.Equal(t, wait, time.Duration(0))
				s.wantThread("asked to remove", "recorded")
				assert.Equal(t, s.calls("chat.postMessage"), 2)
				return
			}
			// It may still turn up.
			assert.Assert(t, wait > 0 && wait <= time.Second, "waits %s", wait)
			s.clock.pass(settleTime - time.Millisecond)
			assert.Assert(t, s.run(d) > 0)
			assert.Equal(t, s.calls("chat.postMessage"), 1)
			s.clock.pass(time.Millisecond)
			assert.Equal(t, s.run(d), time.Duration(0))
			s.wantThread("asked to remove", "recorded")
		})
	}
}

// A post that turns up late, while it is still waited for.
func TestAPostThatTurnsUpLate(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.fail("conversations.history", slacktest.Fault{RawBody: `{"ok":true,"messages":[]}`, Times: 2})
	s.run(d)
	assert.Assert(t, s.run(d) > 0)
	s.clock.pass(time.Second)
	assert.Assert(t, s.run(d) > 0)
	s.settle(d)
	s.wantThread("asked to remove", "recorded")
	assert.Equal(t, s.calls("chat.postMessage"), 2)
}

// While the look itself fails nothing is posted: nobody knows whether it would be a second time.
func TestALookThatFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"5xx":                {Status: http.StatusBadGateway},
		"dropped":            {Drop: slacktest.BeforeEffect},
		"internal_error":     {Error: "internal_error"},
		"not ok, no error":   {NoError: true},
		"a page of HTML":     {RawBody: "<html>sorry</html>"},
		"ratelimited":        {Error: "ratelimited"},
		"429 without a wait": {Status: http.StatusTooManyRequests},
	} {
		for call, lost := range map[string]int{"the parent": 1, "a reply": 2} {
			t.Run(name+", "+call, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, slacktest.Config{})
				d := s.ask(ann)
				posts := 0
				s.slack.Chaos(func(method string) *slacktest.Fault {
					if method == "chat.postMessage" {
						posts++
					}
					switch {
					case method == "chat.postMessage" && posts == lost:
						return &slacktest.Fault{Drop: slacktest.AfterEffect}
					case strings.HasPrefix(method, "conversations."):
						return &fault
					}
					return nil
				})
				for range 10 {
					wait := s.run(d)
					assert.Assert(t, wait > 0)
					s.clock.pass(wait)
				}
				assert.Equal(t, s.calls("chat.postMessage"), lost)
				s.slack.ClearFaults()
				s.settle(d)
				s.wantThread("asked to remove", "recorded")
				assert.Equal(t, s.calls("chat.postMessage"), 2)
			})
		}
	}
}

// Slack's wait counts for looking as well.
func TestARateLimitedLook(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
	s.run(d)
	s.fail("conversations.history", slacktest.Fault{RetryAfter: 23 * time.Second, Times: 2})
	assert.Equal(t, s.run(d), 23*time.Second)
	s.clock.pass(23 * time.Second)
	assert.Equal(t, s.run(d), 23*time.Second)
	s.clock.pass(23 * time.Second)
	s.settle(d)
	s.wantThread("asked to remove", "recorded")
}

// Where linqbot may post but not read, it cannot look: it posts again a few times, and then takes
// another way.
func TestDoubtThatCannotBeCleared(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		cfg     slacktest.Config
		trouble string
	}{
		{"no scope", slacktest.Config{Scopes: []string{"chat:write"}}, "missing_scope"},
		{"not a member", slacktest.Config{PublicWrite: true}, "not_in_channel"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, tc.cfg)
			if tc.cfg.PublicWrite {
				s.slack.SetMember(ops, s.slack.Config().BotUserID, false)
			}
			d := s.ask(ann)
			s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.BeforeEffect})
			s.settle(d)
			assert.Equal(t, s.calls("chat.postMessage"), 1+mostDoubts)
			assert.Equal(t, s.view(d).Thread.Route, ledger.ByResponseURL)
			assert.Equal(t, s.view(d).Thread.Trouble, tc.trouble)
			wantMessages(t, s.slack.Ephemerals(ops, ada), "recorded")

			// One lost answer is no reason to leave the thread.
			s.slack.ClearFaults()
			d = s.ask(bert)
			s.fail("chat.postMessage", slacktest.Fault{Drop: slacktest.BeforeEffect, Times: 1})
			s.settle(d)
			s.wantThread("asked to remove", "recorded")
			assert.Equal(t, s.view(d).Thread.Doubts, 1)
		})
	}
}

// A direct message cannot be looked for by the name of a member.
func TestADirectMessageWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.slack.SetMember(ops, s.slack.Config().BotUserID, false)
	s.fail("response_url", slacktest.Fault{Error: "expired_url"})
	posts := 0
	s.slack.Chaos(func(method string) *slacktest.Fault {
		if method == "chat.postMessage" {
			posts++
			if posts == 2 {
				return &slacktest.Fault{Drop: slacktest.BeforeEffect}
			}
		}
		return nil
	})
	d := s.ask(ann)
	s.settle(d)
	wantMessages(t, s.slack.DirectMessages(ada), "recorded")
	s.news(d, ann, removed)
	s.settle(d)
	wantMessages(t, s.slack.DirectMessages(ada), "has left")
}
