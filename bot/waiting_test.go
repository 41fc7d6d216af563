package bot

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// spend takes messages out of a channel's bucket.
func (s *stage) spend(channel string, n int) {
	s.t.Helper()
	for range n {
		assert.NilError(s.t, s.show.poster.pace.take(channel, turn{key: "spent"}))
	}
}

// queued is a stage in whose channel the next message has to wait a second.
func queued(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, slacktest.Config{})
	s.spend(ops, 20)
	return s
}

// A message that waits for its turn leaves no trace: it is no trouble, no doubt and no intent.
func TestWaitingIsNoTrouble(t *testing.T) {
	t.Parallel()
	s := queued(t)
	d := s.ask(ann)
	for range 3 {
		wait := s.run(d)
		assert.Assert(t, wait >= time.Second && wait <= time.Second+time.Millisecond, "waits %s", wait)
	}
	view := s.view(d)
	assert.DeepEqual(t, view.Thread, ledger.Thread{Delivery: d})
	assert.DeepEqual(t, view.Replies[view.Requests[0].ID], ledger.Reply{RequestID: view.Requests[0].ID})
	assert.Equal(t, len(s.slack.Calls()), 0)
	assert.Assert(t, !strings.Contains(s.log.String(), "trying again"), s.log)
	s.settle(d)
	s.wantThread("asked to remove", "recorded")
}

// Trouble that was there before neither ends nor grows while a message waits.
func TestWaitingWithTrouble(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.fail("chat.postMessage", slacktest.Fault{Error: "rate_limited", Times: 1})
	assert.Equal(t, s.run(d), soonest)
	since := s.view(d).Thread.TroubleSince
	assert.Assert(t, !since.IsZero())
	s.clock.pass(giveUpShow + time.Hour)
	s.spend(ops, 20)
	assert.Assert(t, s.run(d) > 0)
	assert.Equal(t, s.view(d).Thread.TroubleSince, since)
	s.settle(d)
	s.wantThread("asked to remove", "recorded")
	assert.Assert(t, s.view(d).Thread.TroubleSince.IsZero())
}

// All that happens while an update waits is shown by one.
func TestNewsOfAWaitingMessageAreShownTogether(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.news(d, ann, s.sent)
	s.run(d)
	s.spend(ops, 18)
	s.news(d, ann, removed)
	first := s.run(d)
	assert.Assert(t, first > time.Second)
	s.news(d, ann, func(r *ledger.Request) { r.People = 5 })
	assert.Equal(t, s.run(d), first)
	s.news(d, ann, func(r *ledger.Request) { r.People = 3 })
	assert.Equal(t, s.run(d), first)
	s.clock.pass(first)
	assert.Equal(t, s.run(d), time.Duration(0))
	assert.Equal(t, s.calls("chat.update"), 1)
	s.wantThread("asked to remove", "3 people stay")
}

// An update that has to wait does not keep a first reply from its turn, nor a follower from the thread.
func TestWhatAnUpdateDoesNotHoldUp(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann, bert)
	s.askIn(ops, grace, ann)
	first := true
	s.slack.Chaos(func(method string) *slacktest.Fault { // the parent stands, and no reply
		defer func() { first = false }()
		if first {
			return nil
		}
		return &slacktest.Fault{Error: "rate_limited"}
	})
	s.run(d)
	s.slack.Chaos(nil)
	s.spend(ops, 15)
	s.news(d, ann, s.sent) // the parent learns the name of the chat
	wait := s.run(d)
	assert.Assert(t, wait > 0)
	s.wantThread("from "+chatID, "queued", "recorded")
	wantMessages(t, s.slack.Ephemerals(ops, grace), "is shown in this thread")
	s.clock.pass(wait)
	s.settle(d)
	s.wantThread("from "+spree, "queued", "recorded")
}

// As long as the parent waits there is no thread that a follower could be led to.
func TestAFollowerWaitsForTheParent(t *testing.T) {
	t.Parallel()
	s := queued(t)
	d := s.ask(ann)
	s.askIn(ops, grace, ann)
	assert.Assert(t, s.run(d) > 0)
	assert.Equal(t, len(s.slack.Ephemerals(ops, grace)), 0)
	assert.Equal(t, s.untold(d), 1)
	s.settle(d)
	assert.Equal(t, s.untold(d), 0)
}

// What can no longer be changed is followed by a new message, although each of the two calls needs a
// turn and the channel never has two to give.
func TestAnUpdateThatIsRefusedInABusyChannel(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.pace = NewPace(PaceConfig{Burst: 1, Now: s.clock.now})
	logger, _ := newLog()
	s.show = s.newShow(logger)
	d := s.ask(ann)
	s.news(d, ann, s.sent)
	s.settle(d)
	s.fail("chat.update", slacktest.Fault{Error: "edit_window_closed"})
	s.news(d, ann, removed)
	s.clock.pass(time.Second)
	s.settle(d)
	s.wantThread("asked to remove", "queued", "has left")
	assert.Equal(t, s.calls("chat.update"), 1)
}

// A look whether a lost post stands needs no turn; the post that follows it does.
func TestALostPostInABusyChannel(t *testing.T) {
	t.Parallel()
	for name, drop := range map[string]slacktest.DropMode{"it stands": slacktest.AfterEffect, "it does not": slacktest.BeforeEffect} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			s.fail("chat.postMessage", slacktest.Fault{Drop: drop, Times: 1})
			s.run(d)
			s.clock.pass(time.Minute)
			s.spend(ops, 20)
			intent := s.view(d).Thread.Since
			assert.Assert(t, s.run(d) > 0)
			assert.Equal(t, s.calls("conversations.history"), 1)
			if drop == slacktest.BeforeEffect {
				assert.Equal(t, s.view(d).Thread.Since, intent, "it is not forgotten before the next one")
			}
			assert.Equal(t, s.view(d).Thread.Doubts, 0)
			s.settle(d)
			s.wantThread("asked to remove", "recorded")
			assert.Equal(t, len(s.slack.Messages(ops)), 2)
		})
	}
}

// Slack puts one message off: all others of the channel wait as well, and none of another channel.
func TestAPutOffMessageHoldsItsChannel(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.slack.AddChannel(slacktest.Channel{ID: aside, Name: "aside", BotMember: true})
	unlucky, standing, fresh, elsewhere := s.ask(ann), s.ask(bert), s.ask(cleo), s.askIn(aside, ada, dora)
	s.run(standing)
	s.news(standing, bert, removed)
	s.fail("chat.postMessage", slacktest.Fault{RetryAfter: 90 * time.Second, Times: 1})
	assert.Equal(t, s.run(unlucky), 90*time.Second)
	assert.Assert(t, s.view(unlucky).Thread.Since.IsZero())
	calls := len(s.slack.Calls())
	for _, d := range []string{standing, fresh} {
		assert.Equal(t, s.run(d), askAgain)
		assert.Assert(t, s.view(d).Thread.TroubleSince.IsZero(), "that is no trouble of its own")
	}
	assert.Equal(t, len(s.slack.Calls()), calls)
	assert.Equal(t, s.run(elsewhere), time.Duration(0))

	s.clock.pass(90 * time.Second)
	assert.Assert(t, s.run(fresh) > 0, "what was put off goes first")
	s.run(unlucky)
	assert.Assert(t, s.view(unlucky).Thread.TS != "")
	for _, d := range []string{unlucky, fresh, standing} {
		s.settle(d)
	}
	assert.Equal(t, len(s.slack.Messages(ops)), 6)
	assert.Equal(t, s.calls("conversations.history"), 0)
}

// A delivery that leaves the channel leaves its line too, and does not wait there for what it says
// elsewhere. Answers at a response_url are not paced.
func TestLeavingAChannelLeavesItsLine(t *testing.T) {
	t.Parallel()
	s := queued(t)
	s.slack.SetMember(ops, s.slack.Config().BotUserID, false)
	d, next := s.ask(ann, bert), s.ask(cleo)
	wait := s.run(d)
	assert.Assert(t, wait > 0)
	s.clock.pass(wait)
	assert.Equal(t, s.run(d), time.Duration(0))
	wantMessages(t, s.slack.Ephemerals(ops, ada), "0132")
	wait = s.run(next)
	assert.Assert(t, wait <= time.Second+time.Millisecond, "waits %s for what is no longer there", wait)
}

// A direct message is paced as a channel of its own.
func TestDirectMessagesKeepThePace(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.slack.SetMember(ops, s.slack.Config().BotUserID, false)
	s.fail("response_url", slacktest.Fault{Error: "expired_url"})
	opened, err := s.show.direct(t.Context(), new(ledger.Thread), ada)
	assert.NilError(t, err)
	s.spend(opened, 20)
	d, other := s.ask(ann), s.askIn(ops, grace, bert)
	wait := s.run(d)
	assert.Assert(t, wait >= time.Second && wait <= time.Second+time.Millisecond, "waits %s", wait)
	assert.Assert(t, s.view(d).Thread.Since.IsZero())
	assert.Equal(t, s.run(other), time.Duration(0))
	s.settle(d)
	wantMessages(t, s.slack.DirectMessages(ada), "recorded")
	wantMessages(t, s.slack.DirectMessages(grace), "recorded")
}

// It leaves the line although it has to wait again where it goes.
func TestLeavingALineForAnother(t *testing.T) {
	t.Parallel()
	s := queued(t)
	s.slack.SetMember(ops, s.slack.Config().BotUserID, false)
	s.fail("response_url", slacktest.Fault{Error: "expired_url"})
	opened, err := s.show.direct(t.Context(), new(ledger.Thread), ada)
	assert.NilError(t, err)
	d, next := s.ask(ann, bert), s.ask(cleo)
	s.clock.pass(s.run(d))
	s.spend(opened, 20)
	assert.Assert(t, s.run(d) > 0)
	assert.Equal(t, s.view(d).Thread.Route, ledger.ByDirect)
	wait := s.run(next)
	assert.Assert(t, wait <= time.Second+time.Millisecond, "waits %s for what is no longer there", wait)
	s.settle(d)
	wantMessages(t, s.slack.DirectMessages(ada), "0132")
}

// A delivery comes back for the first of its turns, and takes each when it comes.
func TestSeveralTurnsOfADelivery(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	s.spend(ops, 19)
	d := s.ask(ann, bert)
	for _, shown := range []int{1, 2, 3} {
		wait := s.run(d)
		assert.Equal(t, len(s.slack.Messages(ops)), shown)
		assert.Assert(t, wait <= time.Second+time.Millisecond, "waits %s", wait)
		assert.Equal(t, wait == 0, shown == 3)
		s.clock.pass(wait)
	}
}

// A message that got through ends the trouble, also while the next one has to wait: the waits of a
// thread grow with an outage, and not with the number of its messages.
func TestWhatGetsThroughEndsTheTrouble(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	s.fail("chat.postMessage", slacktest.Fault{Error: "rate_limited", Times: 1})
	s.run(d)
	s.clock.pass(10 * time.Minute)
	s.fail("chat.postMessage", slacktest.Fault{Error: "rate_limited", Times: 1})
	assert.Equal(t, s.run(d), latest)
	s.clock.pass(latest)
	s.spend(ops, 19)
	wait := s.run(d)
	assert.Equal(t, len(s.slack.Messages(ops)), 1, "the parent")
	assert.Assert(t, wait > 0 && wait <= 2*time.Second, "waits %s", wait)
	assert.Assert(t, s.view(d).Thread.TroubleSince.IsZero())
}
