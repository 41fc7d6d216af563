package bot

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/slacktest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

func TestARequestShowsInAThread(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	assert.Equal(t, s.run(d), time.Duration(0))
	s.wantThread("@Ada asked to remove +1 ••• ••• 0132 from "+chatID, "is recorded")

	s.news(d, ann, s.sent)
	s.run(d)
	s.clock.pass(3 * time.Second)
	s.news(d, ann, removed)
	s.run(d)
	thread := s.onlyThread()
	assert.Equal(t, thread[1].Edits, 2, "the same reply was changed twice")
	screen := strings.ReplaceAll(s.slack.Screen(ops, grace), s.view(d).Requests[0].ShortID(), "89abcdef") // made at random
	golden.Assert(t, screen, "screen.golden")
	assert.Equal(t, s.view(d).Thread.Route, ledger.InThread)
}

func TestShowingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann, bert)
	s.run(d)
	s.news(d, ann, s.sent)
	s.run(d)
	before := len(s.slack.Calls())
	for range 5 {
		assert.Equal(t, s.run(d), time.Duration(0))
	}
	assert.Equal(t, len(s.slack.Calls()), before)
	s.wantThread("asked to remove", "queued", "recorded")
}

// Another process, or this one after a crash, knows nothing but the ledger.
func TestShowingAgainByAnotherProcess(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.run(d)
	before := len(s.slack.Calls())
	logger, _ := newLog()
	s.show = s.newShow(logger)
	s.run(d)
	assert.Equal(t, len(s.slack.Calls()), before)
	s.news(d, ann, removed)
	s.run(d)
	s.wantThread("asked to remove", "has left")
}

// News that came between two runs are shown by one call.
func TestNewsAreShownTogether(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.run(d)
	s.news(d, ann, func(r *ledger.Request) { r.NextTryAt, r.Reason = s.clock.now(), outcome.ReasonNoAnswer })
	s.news(d, ann, func(r *ledger.Request) { r.State, r.SentAt = ledger.Sent, s.clock.now() })
	s.news(d, ann, func(r *ledger.Request) { r.State = ledger.Removed })
	s.run(d)
	assert.Equal(t, s.calls("chat.update"), 1)
	s.wantThread("asked to remove", "has left")
}

func TestTheParentLearnsTheNameOfTheChat(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.run(d)
	parent := s.onlyThread()[0]
	s.news(d, ann, s.sent)
	s.run(d)
	thread := s.onlyThread()
	assert.Equal(t, thread[0].TS, parent.TS)
	assert.Equal(t, thread[0].Rendered, "@Ada asked to remove +1 ••• ••• 0132 from Spring launch.\nChat "+chatID)
	assert.Equal(t, s.calls("chat.postMessage"), 2)
	assert.Equal(t, s.calls("chat.update"), 2)
}

func TestSeveralHandlesShareAThread(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann, bert, cleo)
	s.run(d)
	s.wantThread("remove +1 ••• ••• 0132, +1 ••• ••• 0133 and +1 ••• ••• 0134 from", "0132", "0133", "0134")
	s.news(d, bert, func(r *ledger.Request) { r.State, r.Reason = ledger.Refused, outcome.ReasonNotInChat })
	s.run(d)
	assert.Equal(t, s.calls("chat.update"), 1)
	s.wantThread("asked", "0132 from", "0133 is not in", "0134 from")
}

func TestDeliveriesHaveThreadsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	first, second := s.ask(ann), s.askIn(ops, grace, bert)
	s.run(first)
	s.run(second)
	assert.Equal(t, len(s.parents()), 2)
	for _, parent := range s.parents() {
		assert.Equal(t, len(s.slack.Thread(ops, parent.TS)), 2)
	}
}

func TestAnUnknownDeliveryIsNoTrouble(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	assert.Equal(t, s.run("nobody asked"), time.Duration(0))
	assert.Equal(t, len(s.slack.Calls()), 0)
}

func TestAProcessThatStopsSaysSo(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	ctx, cancel := context.WithCancel(t.Context())
	s.slack.Chaos(func(string) *slacktest.Fault {
		cancel()
		return &slacktest.Fault{Delay: time.Minute}
	})
	_, err := s.show.Run(ctx, d)
	assert.ErrorIs(t, err, context.Canceled)
	s.slack.ClearFaults()
	s.settle(d)
	s.wantThread("asked to remove", "recorded")
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
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			if tc.shown {
				s.run(d)
				s.news(d, ann, removed)
			}
			before := len(s.slack.Calls())
			s.fail(tc.method, slacktest.Fault{RetryAfter: 12 * time.Second, Times: 1})
			assert.Equal(t, s.run(d), 12*time.Second)
			assert.Equal(t, len(s.slack.Calls()), before+1)
			s.clock.pass(12 * time.Second)
			assert.Assert(t, s.run(d) <= 2*time.Second, "what belongs to it follows at the channel's pace")
			assert.Equal(t, len(s.slack.Calls()), before+2)
			assert.Equal(t, s.slack.Calls()[before].Form.Get("metadata"), s.slack.Calls()[before+1].Form.Get("metadata"),
				"what was put off goes first")
			s.settle(d)
			assert.Equal(t, len(s.onlyThread()), 2)
			assert.Assert(t, s.view(d).Thread.TroubleSince.IsZero())
			assert.Equal(t, s.calls("conversations.history"), 0, "what certainly was not posted is not looked for")
		})
	}
}

// With Slack's own limits, twenty people take a while, and nothing gets lost or doubled.
func TestManyRepliesUnderSlacksLimits(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{RateLimits: slacktest.SlackRateLimits()})
	handles := []string{ann, bert, cleo}
	for _, end := range []string{"35", "36", "37", "38"} {
		handles = append(handles, "+141555501"+end)
	}
	d := s.ask(handles...)
	s.settle(d)
	for _, handle := range handles {
		s.news(d, handle, removed)
	}
	s.settle(d)
	thread := s.onlyThread()
	assert.Equal(t, len(thread), 1+len(handles))
	for _, reply := range thread[1:] {
		assert.Assert(t, strings.Contains(reply.Rendered, "has left"), reply.Rendered)
	}
}

// The longer the trouble, the rarer the tries; after three days they end.
func TestAnOutageOfSlack(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
	began := s.clock.now()
	var waits []time.Duration
	for s.clock.now().Sub(began) < time.Hour {
		wait := s.run(d)
		assert.Assert(t, wait >= 500*time.Millisecond && wait <= time.Minute, "waits %s", wait)
		waits = append(waits, wait)
		s.clock.pass(wait)
	}
	assert.Assert(t, waits[0] <= time.Second && waits[len(waits)-1] == time.Minute, "%v", waits)
	assert.Assert(t, !s.view(d).Thread.TroubleSince.IsZero())
	assert.Equal(t, strings.Count(s.log.String(), "Slack was not told yet"), 1, "one line an outage")

	s.slack.ClearFaults()
	s.news(d, ann, removed)
	s.settle(d)
	s.wantThread("asked to remove", "has left")
	assert.Assert(t, s.view(d).Thread.TroubleSince.IsZero())

	s.slack.Inject(slacktest.Fault{Status: http.StatusServiceUnavailable})
	s.news(d, ann, func(r *ledger.Request) { r.People = 3 })
	s.run(d)
	s.clock.pass(giveUpShow + time.Second)
	assert.Equal(t, s.run(d), time.Duration(0))
	assert.Equal(t, s.view(d).Thread.Route, ledger.Undelivered)
	assert.Assert(t, strings.Contains(s.log.String(), `"level":"error"`))
}

// A whole outage, with nobody at the other end of the line.
func TestSlackIsGone(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.stop()
	for range 3 {
		wait := s.run(d)
		assert.Assert(t, wait > 0)
		s.clock.pass(wait)
	}
	stop, err := s.slack.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	s.settle(d)
	s.wantThread("asked to remove", "recorded")
	assert.Equal(t, s.calls("conversations.history"), 0, "a refused connection is no doubt")
}

// Somebody deletes the parent: the outcome gets a thread again, all of it.
func TestADeletedParent(t *testing.T) {
	t.Parallel()
	remove := func(s *stage, ts string) {
		api := NewSlack(s.slack.Config().BotToken, s.slack.APIURL())
		_, _, err := api.DeleteMessageContext(t.Context(), ops, ts)
		assert.NilError(t, err)
	}
	t.Run("with its replies", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, slacktest.Config{})
		d := s.ask(ann, bert)
		s.run(d)
		for _, m := range s.slack.Messages(ops) {
			remove(s, m.TS)
		}
		s.news(d, ann, removed)
		s.settle(d)
		s.wantThread("asked to remove", "has left", "recorded")
	})
	t.Run("alone, and the parent has news too", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, slacktest.Config{})
		d := s.ask(ann, bert)
		s.run(d)
		old := s.onlyThread()[0].TS
		remove(s, old)
		s.news(d, ann, removed)
		s.settle(d)
		parents := s.parents()
		assert.Equal(t, len(parents), 1)
		assert.Assert(t, parents[0].TS != old)
		wantMessages(t, s.slack.Thread(ops, parents[0].TS), "asked to remove", "has left", "recorded")
		assert.Equal(t, s.view(d).Thread.TS, parents[0].TS)
	})
	t.Run("before its first reply", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, slacktest.Config{})
		d := s.ask(ann)
		first := true
		s.slack.Chaos(func(method string) *slacktest.Fault {
			if method == "chat.postMessage" && !first {
				return &slacktest.Fault{RetryAfter: time.Second}
			}
			first = false
			return nil
		})
		wait := s.run(d)
		s.slack.Chaos(nil)
		remove(s, s.onlyThread()[0].TS)
		s.clock.pass(wait)
		s.settle(d)
		s.wantThread("asked to remove", "recorded")
	})
}

// Threads that vanish again and again are not begun for ever.
func TestThreadsThatKeepVanishing(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	posts := 0
	s.slack.Chaos(func(method string) *slacktest.Fault {
		if method != "chat.postMessage" {
			return nil
		}
		if posts++; posts%2 == 0 {
			return &slacktest.Fault{Error: "thread_not_found"}
		}
		return nil
	})
	s.settle(d)
	assert.Equal(t, len(s.parents()), 1+mostDoubts)
	assert.Equal(t, s.view(d).Thread.Route, ledger.ByResponseURL)
	wantMessages(t, s.slack.Ephemerals(ops, ada), "recorded")
}

// A reply that can no longer be changed is followed by a new one; the old one is not ours to touch.
func TestAnUpdateThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"message_not_found", "cant_update_message", "edit_window_closed"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			s.news(d, ann, s.sent) // the parent has its name from the start
			s.run(d)
			s.fail("chat.update", slacktest.Fault{Error: code, Times: 1})
			s.news(d, ann, removed)
			s.settle(d)
			s.wantThread("asked to remove", "queued", "has left")
			// The next news change the new one.
			s.news(d, ann, func(r *ledger.Request) { r.People = 3 })
			s.settle(d)
			s.wantThread("asked to remove", "queued", "3 people stay")
		})
	}
}

// A parent that can no longer be changed is still a parent.
func TestAnUpdateOfTheParentThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"cant_update_message", "edit_window_closed"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			s.run(d)
			s.fail("chat.update", slacktest.Fault{Error: code, Times: 1})
			s.news(d, ann, removed)
			s.settle(d)
			s.wantThread(chatID, "has left")
			calls := len(s.slack.Calls())
			s.run(d)
			assert.Equal(t, len(s.slack.Calls()), calls, "tried again for nothing")
		})
	}
}

// An update may be made twice, so whatever happens to it, it is made again.
func TestAnUpdateWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, fault := range losses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			s.news(d, ann, s.sent)
			s.run(d)
			s.news(d, ann, removed)
			fault.Times = 1
			s.fail("chat.update", fault)
			assert.Assert(t, s.run(d) > 0)
			s.settle(d)
			s.wantThread("asked to remove", "has left")
			assert.Equal(t, s.calls("chat.postMessage"), 2)
			assert.Equal(t, s.calls("chat.update"), 2)
		})
	}
}
