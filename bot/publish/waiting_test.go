package publish

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// spend takes messages out of a channel's bucket.
func (s *env) spend(channel string, n int) {
	s.T.Helper()
	for range n {
		assert.NilError(s.T, s.publisher.poster.scheduler.Take(channel, queue.Ticket{Key: "spent"}))
	}
}

// queued is an environment in whose channel the next message has to wait a second.
func queued(t *testing.T) *env {
	t.Helper()
	s := newEnv(t, slacktest.Config{})
	s.spend(bottest.Ops, 20)
	return s
}

// A message that waits for its turn leaves no trace: it is no trouble, no doubt and no intent.
func TestWaitingIsNoTrouble(t *testing.T) {
	t.Parallel()
	s := queued(t)
	d := s.Ask(bottest.Ann)
	for range 3 {
		wait := s.Run(d)
		assert.Assert(t, wait >= time.Second && wait <= time.Second+time.Millisecond, "waits %s", wait)
	}
	view := s.View(d)
	assert.DeepEqual(t, view.Thread, ledger.Thread{Delivery: d})
	assert.DeepEqual(t, view.Replies[view.Requests[0].ID], ledger.Reply{RequestID: view.Requests[0].ID})
	assert.Equal(t, len(s.Slack.Calls()), 0)
	assert.Assert(t, !strings.Contains(s.Log.String(), "trying again"), s.Log)
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
}

// Trouble that was there before neither ends nor grows while a message waits.
func TestWaitingWithTrouble(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{Error: "rate_limited", Times: 1})
	assert.Equal(t, s.Run(d), slackapi.FirstRetry)
	since := s.View(d).Thread.TroubleSince
	assert.Assert(t, !since.IsZero())
	s.Clock.Pass(slackapi.GiveUpAfter + time.Hour)
	s.spend(bottest.Ops, 20)
	assert.Assert(t, s.Run(d) > 0)
	assert.Equal(t, s.View(d).Thread.TroubleSince, since)
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
	assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())
}

// All that happens while an update waits is shown by one.
func TestNewsOfAWaitingMessageAreShownTogether(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.News(d, bottest.Ann, s.Sent)
	s.Run(d)
	s.spend(bottest.Ops, 18)
	s.News(d, bottest.Ann, bottest.Removed)
	first := s.Run(d)
	assert.Assert(t, first > time.Second)
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 5 })
	assert.Equal(t, s.Run(d), first)
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 3 })
	assert.Equal(t, s.Run(d), first)
	s.Clock.Pass(first)
	s.Settle(d)
	assert.Equal(t, s.Calls("chat.update"), 2, "the reply and the parent")
	s.WantThread("asked for by", "3 people stay")
}

// An update that has to wait does not keep a first reply from its turn, nor a follower from the thread.
func TestWhatAnUpdateDoesNotHoldUp(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann, bottest.Bert)
	s.AskIn(bottest.Ops, bottest.Grace, bottest.Ann)
	first := true
	s.Slack.Chaos(func(method string) *slacktest.Fault { // the parent stands, and no reply
		defer func() { first = false }()
		if first {
			return nil
		}
		return &slacktest.Fault{Error: "rate_limited"}
	})
	s.Run(d)
	s.Slack.Chaos(nil)
	s.spend(bottest.Ops, 15)
	s.News(d, bottest.Ann, s.Sent) // the parent learns the name of the chat
	wait := s.Run(d)
	assert.Assert(t, wait > 0)
	s.WantThread("from "+bottest.ChatID, "queued", "recorded")
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Grace), "is shown in this thread")
	s.Clock.Pass(wait)
	s.Settle(d)
	s.WantThread("from "+bottest.Spree, "queued", "recorded")
}

// As long as the parent waits there is no thread that a follower could be led to.
func TestAFollowerWaitsForTheParent(t *testing.T) {
	t.Parallel()
	s := queued(t)
	d := s.Ask(bottest.Ann)
	s.AskIn(bottest.Ops, bottest.Grace, bottest.Ann)
	assert.Assert(t, s.Run(d) > 0)
	assert.Equal(t, len(s.Slack.Ephemerals(bottest.Ops, bottest.Grace)), 0)
	assert.Equal(t, s.Untold(d), 1)
	s.Settle(d)
	assert.Equal(t, s.Untold(d), 0)
}

// What can no longer be changed is followed by a new message, although each of the two calls needs a
// turn and the channel never has two to give.
func TestAnUpdateThatIsRefusedInABusyChannel(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.scheduler = queue.New(queue.Config{Burst: 1, Now: s.Clock.Now})
	logger, _ := bottest.NewLog()
	s.publisher = s.newPublisher(logger)
	d := s.Ask(bottest.Ann)
	s.News(d, bottest.Ann, s.Sent)
	s.Settle(d)
	s.Fail("chat.update", slacktest.Fault{Error: "edit_window_closed"})
	s.News(d, bottest.Ann, bottest.Removed)
	s.Clock.Pass(time.Second)
	s.Settle(d)
	s.WantThread("asked to remove", "queued", "has left")
	assert.Equal(t, s.Calls("chat.update"), 2, "the reply and the parent")
}

// A look whether a lost post stands needs no turn; the post that follows it does.
func TestALostPostInABusyChannel(t *testing.T) {
	t.Parallel()
	for name, drop := range map[string]slacktest.DropMode{"it stands": slacktest.AfterEffect, "it does not": slacktest.BeforeEffect} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			s.Fail("chat.postMessage", slacktest.Fault{Drop: drop, Times: 1})
			s.Run(d)
			s.Clock.Pass(time.Minute)
			s.spend(bottest.Ops, 20)
			intent := s.View(d).Thread.Since
			assert.Assert(t, s.Run(d) > 0)
			assert.Equal(t, s.Calls("conversations.history"), 1)
			if drop == slacktest.BeforeEffect {
				assert.Equal(t, s.View(d).Thread.Since, intent, "it is not forgotten before the next one")
			}
			assert.Equal(t, s.View(d).Thread.Doubts, 0)
			s.Settle(d)
			s.WantThread("asked to remove", "recorded")
			assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 2)
		})
	}
}

// Slack puts one message off: all others of the channel wait as well, and none of another channel.
func TestAPutOffMessageHoldsItsChannel(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.Slack.AddChannel(slacktest.Channel{ID: bottest.Aside, Name: "aside", BotMember: true})
	unlucky, standing, fresh, elsewhere := s.Ask(bottest.Ann), s.Ask(bottest.Bert), s.Ask(bottest.Cleo), s.AskIn(bottest.Aside, bottest.Ada, bottest.Dora)
	s.Run(standing)
	s.News(standing, bottest.Bert, bottest.Removed)
	s.Fail("chat.postMessage", slacktest.Fault{RetryAfter: 90 * time.Second, Times: 1})
	assert.Equal(t, s.Run(unlucky), 90*time.Second)
	assert.Assert(t, s.View(unlucky).Thread.Since.IsZero())
	calls := len(s.Slack.Calls())
	for _, d := range []string{standing, fresh} {
		assert.Equal(t, s.Run(d), queue.AskAgain)
		assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero(), "that is no trouble of its own")
	}
	assert.Equal(t, len(s.Slack.Calls()), calls)
	assert.Equal(t, s.Run(elsewhere), time.Duration(0))

	s.Clock.Pass(90 * time.Second)
	assert.Assert(t, s.Run(fresh) > 0, "what was put off goes first")
	s.Run(unlucky)
	assert.Assert(t, s.View(unlucky).Thread.TS != "")
	for _, d := range []string{unlucky, fresh, standing} {
		s.Settle(d)
	}
	assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 6)
	assert.Equal(t, s.Calls("conversations.history"), 0)
}

// A delivery that leaves the channel leaves its line too, and does not wait there for what it says
// elsewhere. Answers at a response_url are not paced.
func TestLeavingAChannelLeavesItsLine(t *testing.T) {
	t.Parallel()
	s := queued(t)
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	d, next := s.Ask(bottest.Ann, bottest.Bert), s.Ask(bottest.Cleo)
	wait := s.Run(d)
	assert.Assert(t, wait > 0)
	s.Clock.Pass(wait)
	assert.Equal(t, s.Run(d), time.Duration(0))
	bottest.WantMessages(t, s.Slack.Ephemerals(bottest.Ops, bottest.Ada), "0132")
	wait = s.Run(next)
	assert.Assert(t, wait <= time.Second+time.Millisecond, "waits %s for what is no longer there", wait)
}

// A direct message is paced as a channel of its own.
func TestDirectMessagesKeepThePace(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
	opened, err := s.publisher.direct(t.Context(), new(ledger.Thread), bottest.Ada)
	assert.NilError(t, err)
	s.spend(opened, 20)
	d, other := s.Ask(bottest.Ann), s.AskIn(bottest.Ops, bottest.Grace, bottest.Bert)
	wait := s.Run(d)
	assert.Assert(t, wait >= time.Second && wait <= time.Second+time.Millisecond, "waits %s", wait)
	assert.Assert(t, s.View(d).Thread.Since.IsZero())
	assert.Equal(t, s.Run(other), time.Duration(0))
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "recorded")
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Grace), "recorded")
}

// It leaves the line although it has to wait again where it goes.
func TestLeavingALineForAnother(t *testing.T) {
	t.Parallel()
	s := queued(t)
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	s.Fail("response_url", slacktest.Fault{Error: "expired_url"})
	opened, err := s.publisher.direct(t.Context(), new(ledger.Thread), bottest.Ada)
	assert.NilError(t, err)
	d, next := s.Ask(bottest.Ann, bottest.Bert), s.Ask(bottest.Cleo)
	s.Clock.Pass(s.Run(d))
	s.spend(opened, 20)
	assert.Assert(t, s.Run(d) > 0)
	assert.Equal(t, s.View(d).Thread.Route, ledger.ByDirect)
	wait := s.Run(next)
	assert.Assert(t, wait <= time.Second+time.Millisecond, "waits %s for what is no longer there", wait)
	s.Settle(d)
	bottest.WantMessages(t, s.Slack.DirectMessages(bottest.Ada), "0132")
}

// A delivery comes back for the first of its turns, and takes each when it comes.
func TestSeveralTurnsOfADelivery(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.spend(bottest.Ops, 19)
	d := s.Ask(bottest.Ann, bottest.Bert)
	for _, shown := range []int{1, 2, 3} {
		wait := s.Run(d)
		assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), shown)
		assert.Assert(t, wait <= time.Second+time.Millisecond, "waits %s", wait)
		assert.Equal(t, wait == 0, shown == 3)
		s.Clock.Pass(wait)
	}
}

// A message that got through ends the trouble, also while the next one has to wait: the waits of a
// thread grow with an outage, and not with the number of its messages.
func TestWhatGetsThroughEndsTheTrouble(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Fail("chat.postMessage", slacktest.Fault{Error: "rate_limited", Times: 1})
	s.Run(d)
	s.Clock.Pass(10 * time.Minute)
	s.Fail("chat.postMessage", slacktest.Fault{Error: "rate_limited", Times: 1})
	assert.Equal(t, s.Run(d), slackapi.LongestRetry)
	s.Clock.Pass(slackapi.LongestRetry)
	s.spend(bottest.Ops, 19)
	wait := s.Run(d)
	assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 1, "the parent")
	assert.Assert(t, wait > 0 && wait <= 2*time.Second, "waits %s", wait)
	assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())
}
