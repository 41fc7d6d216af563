package publish

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

func TestARequestShowsInAThread(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	assert.Equal(t, s.Run(d), time.Duration(0))
	s.WantThread("@Ada asked to remove +1 ••• ••• 0132 from "+bottest.ChatID, "is recorded")

	s.News(d, bottest.Ann, s.Sent)
	s.Run(d)
	s.Clock.Pass(3 * time.Second)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Run(d)
	thread := s.OnlyThread()
	assert.Equal(t, thread[1].Edits, 2, "the same reply was changed twice")
	screen := strings.ReplaceAll(s.Slack.Screen(bottest.Ops, bottest.Grace), s.View(d).Requests[0].ShortID(), "89abcdef") // made at random
	golden.Assert(t, screen, "screen.golden")
	assert.Equal(t, s.View(d).Thread.Route, ledger.InThread)
}

func TestShowingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann, bottest.Bert)
	s.Run(d)
	s.News(d, bottest.Ann, s.Sent)
	s.Run(d)
	before := len(s.Slack.Calls())
	for range 5 {
		assert.Equal(t, s.Run(d), time.Duration(0))
	}
	assert.Equal(t, len(s.Slack.Calls()), before)
	s.WantThread("asked to remove", "queued", "recorded")
}

// Another process, or this one after a crash, knows nothing but the ledger.
func TestShowingAgainByAnotherProcess(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Run(d)
	before := len(s.Slack.Calls())
	logger, _ := bottest.NewLog()
	s.publisher = s.newPublisher(logger)
	s.Run(d)
	assert.Equal(t, len(s.Slack.Calls()), before)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Run(d)
	s.WantThread("asked to remove", "has left")
}

// News that came between two runs are shown by one call.
func TestNewsAreShownTogether(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Run(d)
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.NextTryAt, r.Reason = s.Clock.Now(), outcome.ReasonNoAnswer })
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.State, r.SentAt = ledger.Sent, s.Clock.Now() })
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.State = ledger.Removed })
	s.Run(d)
	assert.Equal(t, s.Calls("chat.update"), 1)
	s.WantThread("asked to remove", "has left")
}

func TestTheParentLearnsTheNameOfTheChat(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Run(d)
	parent := s.OnlyThread()[0]
	s.News(d, bottest.Ann, s.Sent)
	s.Run(d)
	thread := s.OnlyThread()
	assert.Equal(t, thread[0].TS, parent.TS)
	assert.Equal(t, thread[0].Rendered, "@Ada asked to remove +1 ••• ••• 0132 from Spring launch.\nChat "+bottest.ChatID)
	assert.Equal(t, s.Calls("chat.postMessage"), 2)
	assert.Equal(t, s.Calls("chat.update"), 2)
}

func TestSeveralHandlesShareAThread(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann, bottest.Bert, bottest.Cleo)
	s.Run(d)
	s.WantThread("remove +1 ••• ••• 0132, +1 ••• ••• 0133 and +1 ••• ••• 0134 from", "0132", "0133", "0134")
	s.News(d, bottest.Bert, func(r *ledger.Request) { r.State, r.Reason = ledger.Refused, outcome.ReasonNotInChat })
	s.Run(d)
	assert.Equal(t, s.Calls("chat.update"), 1)
	s.WantThread("asked", "0132 from", "0133 is not in", "0134 from")
}

func TestDeliveriesHaveThreadsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	first, second := s.Ask(bottest.Ann), s.AskIn(bottest.Ops, bottest.Grace, bottest.Bert)
	s.Run(first)
	s.Run(second)
	assert.Equal(t, len(s.Parents()), 2)
	for _, parent := range s.Parents() {
		assert.Equal(t, len(s.Slack.Thread(bottest.Ops, parent.TS)), 2)
	}
}

func TestAnUnknownDeliveryIsNoTrouble(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	assert.Equal(t, s.Run("nobody asked"), time.Duration(0))
	assert.Equal(t, len(s.Slack.Calls()), 0)
}

func TestAProcessThatStopsSaysSo(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	ctx, cancel := context.WithCancel(t.Context())
	s.Slack.Chaos(func(string) *slacktest.Fault {
		cancel()
		return &slacktest.Fault{Delay: time.Minute}
	})
	_, err := s.publisher.Run(ctx, d)
	assert.ErrorIs(t, err, context.Canceled)
	s.Slack.ClearFaults()
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
}

// Slack says how long to wait, and until then nothing is posted.
func TestRateLimitsAreKept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method string
		shown        bool // whether the thread stands already
	}{
		{"the parent", "chat.postMessage", false},
		{"an update", "chat.update", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			if tc.shown {
				s.Run(d)
				s.News(d, bottest.Ann, bottest.Removed)
			}
			before := len(s.Slack.Calls())
			s.Fail(tc.method, slacktest.Fault{RetryAfter: 12 * time.Second, Times: 1})
			assert.Equal(t, s.Run(d), 12*time.Second)
			assert.Equal(t, len(s.Slack.Calls()), before+1)
			s.Clock.Pass(12 * time.Second)
			assert.Assert(t, s.Run(d) <= 2*time.Second, "what belongs to it follows at the channel's pace")
			assert.Equal(t, len(s.Slack.Calls()), before+2)
			assert.Equal(t, s.Slack.Calls()[before].Form.Get("metadata"), s.Slack.Calls()[before+1].Form.Get("metadata"),
				"what was put off goes first")
			s.Settle(d)
			assert.Equal(t, len(s.OnlyThread()), 2)
			assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())
			assert.Equal(t, s.Calls("conversations.history"), 0, "what certainly was not posted is not looked for")
		})
	}
}

// With Slack's own limits, twenty people take a while, and nothing gets lost or doubled.
func TestManyRepliesUnderSlacksLimits(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{RateLimits: slacktest.SlackRateLimits()})
	handles := []string{bottest.Ann, bottest.Bert, bottest.Cleo}
	for _, end := range []string{"35", "36", "37", "38"} {
		handles = append(handles, "+141555501"+end)
	}
	d := s.Ask(handles...)
	s.Settle(d)
	for _, handle := range handles {
		s.News(d, handle, bottest.Removed)
	}
	s.Settle(d)
	thread := s.OnlyThread()
	assert.Equal(t, len(thread), 1+len(handles))
	for _, reply := range thread[1:] {
		assert.Assert(t, strings.Contains(reply.Rendered, "has left"), reply.Rendered)
	}
}

// The longer the trouble, the rarer the tries; after three days they end.
func TestAnOutageOfSlack(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
	began := s.Clock.Now()
	var waits []time.Duration
	for s.Clock.Now().Sub(began) < time.Hour {
		wait := s.Run(d)
		assert.Assert(t, wait >= 500*time.Millisecond && wait <= time.Minute, "waits %s", wait)
		waits = append(waits, wait)
		s.Clock.Pass(wait)
	}
	assert.Assert(t, waits[0] <= time.Second && waits[len(waits)-1] == time.Minute, "%v", waits)
	assert.Assert(t, !s.View(d).Thread.TroubleSince.IsZero())
	assert.Equal(t, strings.Count(s.Log.String(), "Slack was not told yet"), 1, "one line an outage")

	s.Slack.ClearFaults()
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	s.WantThread("asked to remove", "has left")
	assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())

	s.Slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 3 })
	s.Run(d)
	s.Clock.Pass(slackapi.GiveUpAfter + time.Second)
	assert.Equal(t, s.Run(d), time.Duration(0))
	assert.Equal(t, s.View(d).Thread.Route, ledger.Undelivered)
	assert.Assert(t, strings.Contains(s.Log.String(), `"level":"error"`))
}

// A whole outage, with nobody at the other end of the line.
func TestSlackIsGone(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Stop()
	for range 3 {
		wait := s.Run(d)
		assert.Assert(t, wait > 0)
		s.Clock.Pass(wait)
	}
	stop, err := s.Slack.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
	assert.Equal(t, s.Calls("conversations.history"), 0, "a refused connection is no doubt")
}

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

// A reply that can no longer be changed is followed by a new one; the old one is not ours to touch.
func TestAnUpdateThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"message_not_found", "cant_update_message", "edit_window_closed"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.News(d, bottest.Ann, s.Sent) // the parent has its name from the start
			s.Run(d)
			s.Fail("chat.update", slacktest.Fault{Error: code, Times: 1})
			s.News(d, bottest.Ann, bottest.Removed)
			s.Settle(d)
			s.WantThread("asked to remove", "queued", "has left")
			// The next news change the new one.
			s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 3 })
			s.Settle(d)
			s.WantThread("asked to remove", "queued", "3 people stay")
		})
	}
}

// A parent that can no longer be changed is still a parent.
func TestAnUpdateOfTheParentThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"cant_update_message", "edit_window_closed"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.Run(d)
			s.Fail("chat.update", slacktest.Fault{Error: code, Times: 1})
			s.News(d, bottest.Ann, bottest.Removed)
			s.Settle(d)
			s.WantThread(bottest.ChatID, "has left")
			calls := len(s.Slack.Calls())
			s.Run(d)
			assert.Equal(t, len(s.Slack.Calls()), calls, "tried again for nothing")
		})
	}
}

// An update may be made twice, so whatever happens to it, it is made again.
func TestAnUpdateWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, fault := range losses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.News(d, bottest.Ann, s.Sent)
			s.Run(d)
			s.News(d, bottest.Ann, bottest.Removed)
			fault.Times = 1
			s.Fail("chat.update", fault)
			assert.Assert(t, s.Run(d) > 0)
			s.Settle(d)
			s.WantThread("asked to remove", "has left")
			assert.Equal(t, s.Calls("chat.postMessage"), 2)
			assert.Equal(t, s.Calls("chat.update"), 2)
		})
	}
}
