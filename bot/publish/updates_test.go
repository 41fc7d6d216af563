package publish

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// A thread of which Slack puts an update off gets its first messages all the same, and so do others.
func TestAPutOffUpdateHoldsNoPost(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	s.Slack.AddChannel(slacktest.Channel{ID: bottest.Aside, Name: "aside", BotMember: true})
	d, elsewhere := s.Ask(bottest.Ann, bottest.Bert), s.AskIn(bottest.Aside, bottest.Ada, bottest.Cleo)
	s.Run(elsewhere)
	first := true
	s.Slack.Chaos(func(string) *slacktest.Fault { // the parent stands, and no reply
		defer func() { first = false }()
		if first {
			return nil
		}
		return &slacktest.Fault{Error: "rate_limited"}
	})
	s.Run(d)
	s.Slack.Chaos(nil)
	s.Fail("chat.update", slacktest.Fault{RetryAfter: 90 * time.Second})
	s.News(d, bottest.Ann, s.Sent) // the parent learns the name of the chat
	s.News(elsewhere, bottest.Cleo, bottest.Removed)
	fresh := s.Ask(bottest.Dora)

	assert.Assert(t, s.Run(d) > 0)
	assert.Assert(t, s.Run(elsewhere) > 0)
	assert.Equal(t, s.Run(fresh), time.Duration(0))
	assert.Equal(t, s.Calls("chat.update"), 1, "nothing asks for what Slack does not want")
	assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 5)
	assert.Assert(t, strings.Contains(s.Log.String(), `"msg":"Slack puts off updates`))
	assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero(), "a turn that comes later is no trouble")

	s.Slack.ClearFaults()
	s.Clock.Pass(90 * time.Second)
	s.Settle(d)
	s.Settle(elsewhere)
	assert.Equal(t, s.Calls("chat.update"), 4)
}

// News of many channels at once: Slack never has to say that these are too many updates, and all of it
// is shown as fast as Slack allows. New threads do not wait for it.
func TestManyBusyChannels(t *testing.T) {
	t.Parallel()
	const channels, many = 10, 60
	limits := slacktest.SlackRateLimits()["chat.update"]
	c := newSimulationOf(t, slacktest.Config{
		Messages:   slacktest.RateLimit{Every: time.Second, Burst: 20},
		RateLimits: map[string]slacktest.RateLimit{"chat.update": limits},
	}, channels)
	c.scheduler = queue.New(queue.Config{Burst: 20, UpdateBurst: limits.Burst, Now: c.Clock.Now})
	c.restart()
	c.ask(many)
	c.work(1)
	c.Clock.Pass(time.Minute)
	began := c.Clock.Now()
	c.over()
	c.work(1)
	c.ask(channels)
	c.work(1)
	assert.Equal(t, c.Calls("chat.postMessage"), 2*(many+channels), "new threads are there at once")
	c.over()
	c.work(5 * many)

	c.wantOutcomes()
	assert.Equal(t, c.refused(), 0)
	allowed := time.Duration(c.Calls("chat.update")-limits.Burst) * limits.Every
	took := c.Clock.Now().Sub(began)
	left := time.Duration(limits.Burst) * limits.Every // the edits of parents leave some of it to outcomes
	assert.Assert(t, took >= allowed && took <= allowed+left+20*time.Second, "took %s, not %s", took, allowed)
	assert.Assert(t, c.runs <= 16*many, "%d runs", c.runs)
}

// A Slack that allows fewer updates than we think puts off what is under way, and not each by itself.
func TestASlackThatAllowsFewerUpdates(t *testing.T) {
	t.Parallel()
	const channels, many = 10, 40
	c := newSimulationOf(t, slacktest.Config{RateLimits: map[string]slacktest.RateLimit{"chat.update": {Every: 3 * time.Second, Burst: 3}}}, channels)
	c.ask(many)
	c.work(1)
	c.over()
	c.work(1)
	first := c.refused()
	assert.Assert(t, first > 0 && first <= 16, "put off %d times at once", first) // as many as there are workers
	c.work(1000)
	c.wantOutcomes()
	assert.Assert(t, c.refused() <= 3*many, "put off %d times", c.refused())
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
			s.WantThread("asked for by", "queued", "has left")
			// The next news change the new one.
			s.News(d, bottest.Ann, func(r *ledger.Request) { r.People = 3 })
			s.Settle(d)
			s.WantThread("asked for by", "queued", "3 people stay")
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
			updates := 0
			s.Slack.Chaos(func(method string) *slacktest.Fault {
				if method != "chat.update" {
					return nil
				}
				if updates++; updates != 2 { // the parent comes after the reply
					return nil
				}
				return &slacktest.Fault{Error: code}
			})
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
			s.WantThread("asked for by", "has left")
			assert.Equal(t, s.Calls("chat.postMessage"), 2)
			assert.Equal(t, s.Calls("chat.update"), 3)
		})
	}
}
