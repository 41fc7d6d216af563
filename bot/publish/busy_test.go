package publish

import (
	"context"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// Sixty deliveries at once in one channel: each ends up shown, once, as fast as Slack allows, and
// Slack never has to say so.
func TestABusyChannel(t *testing.T) {
	t.Parallel()
	const many = 60
	c := newSimulation(t, 20)
	began := c.Clock.Now()
	c.ask(many)
	c.work(1) // each once
	assert.Equal(t, len(c.Slack.Messages(bottest.Ops)), 20, "a burst is there at once")
	c.over()
	c.work(5 * many)

	c.wantOutcomes()
	assert.Equal(t, c.refused(), 0)
	assert.Equal(t, c.Calls("chat.postMessage"), 2*many)
	updates := c.Calls("chat.update")
	assert.Assert(t, updates <= 20, "%d updates: only what stood before the news needs any", updates)
	messages := float64(2*many + updates)
	took := c.Clock.Now().Sub(began).Seconds()
	assert.Assert(t, took >= messages-20 && took <= messages, "%.0f messages took %.0f s", messages, took)
	assert.Assert(t, c.runs <= 8*many, "%d runs", c.runs)
	assert.Assert(t, !strings.Contains(c.Log.String(), `"level":"warning"`), c.Log)
}

// First come, first served: nobody's thread stands much before that of somebody who asked before.
func TestABusyChannelIsFair(t *testing.T) {
	t.Parallel()
	c := newSimulation(t, 20)
	for range 40 {
		c.ask(1)
		c.work(1)
	}
	c.work(200)
	c.over()
	c.work(200)
	c.wantOutcomes()
	for i, parent := range c.Parents() {
		asked := 0
		for c.memoryViews.views[c.deliveries[asked]].Thread.TS != parent.TS {
			asked++
		}
		assert.Assert(t, asked-i <= 6 && i-asked <= 6, "%d-th asked, %d-th shown", asked, i) // a job is late by five seconds
	}
}

// Another process, or this one after a crash, knows nothing of the lines, and Slack puts off what is
// too much: nothing is lost or doubled.
func TestARestartInABusyChannel(t *testing.T) {
	t.Parallel()
	c := newSimulation(t, 20)
	c.ask(40)
	for range 3 {
		c.work(3)
		c.restart()
	}
	c.over()
	c.work(400)
	c.wantOutcomes()
	assert.Assert(t, c.refused() > 0, "a new process begins with a burst")
	assert.Equal(t, c.Calls("conversations.history"), 0, "what Slack put off was certainly not posted")
}

// A Slack that allows less than we think puts off what was under way, and then little: not more than
// what some jobs that come late together send at once.
func TestASlackThatAllowsLess(t *testing.T) {
	t.Parallel()
	c := newSimulation(t, 3)
	c.ask(30)
	c.over()
	c.work(1)
	first := c.refused()
	assert.Assert(t, first > 0)
	c.work(300)
	c.wantOutcomes()
	assert.Assert(t, c.refused()-first <= 30, "put off %d times, and then %d times", first, c.refused()-first)
}

// A new command is seen at once in a channel where a lot of news waits.
func TestANewThreadPassesTheNews(t *testing.T) {
	t.Parallel()
	c := newSimulation(t, 20)
	c.ask(20)
	c.work(100)
	c.Clock.Pass(time.Minute)
	c.over()
	c.work(1)
	assert.Equal(t, c.Calls("chat.update"), 15, "all of the burst but five")
	c.ask(1)
	at := c.Clock.Now()
	c.work(1)
	newest := c.deliveries[len(c.deliveries)-1]
	assert.Assert(t, c.Clock.Now().Equal(at))
	assert.Equal(t, len(c.Slack.Thread(bottest.Ops, c.memoryViews.views[newest].Thread.TS)), 2)
	c.over()
	c.work(300)
	c.wantOutcomes()
	assert.Equal(t, c.refused(), 0)
}

// The jobs of a real ledger, and news that come while they run.
func TestABusyChannelOfTheLedger(t *testing.T) {
	t.Parallel()
	handles := []string{bottest.Ann, bottest.Bert, bottest.Cleo, "+14155550135", "+14155550136", "+14155550137"}
	s := newIdleEnv(t, slacktest.Config{})
	s.Clock.Pass(time.Since(s.Clock.Now()))
	s.Clock.Run()
	s.scheduler = queue.New(queue.Config{PerSecond: 20, Burst: 4, Now: s.Clock.Now})
	logger, log := bottest.NewLog()
	s.publisher, s.Log = s.newPublisher(logger), log
	bottest.StartLedger(t, s.Ledger, ledger.Workers{Show: s.publisher.Run})
	var deliveries []string
	for _, handle := range handles {
		deliveries = append(deliveries, s.Ask(handle))
	}
	for i, d := range deliveries {
		s.News(d, handles[i], bottest.Removed)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	assert.NilError(t, s.Slack.Await(ctx, func(fake *slacktest.Slack) bool {
		over := 0
		for _, m := range fake.Messages(bottest.Ops) {
			if m.ThreadTS != "" && strings.Contains(m.Rendered, "has left") {
				over++
			}
		}
		return over == len(handles)
	}))
	assert.Equal(t, len(s.Slack.Messages(bottest.Ops)), 2*len(handles))
}

// With replicas a delivery comes back to any of them: it keeps its places where it was, and what was
// posted elsewhere does not stand in the line for long.
func TestABusyChannelOfReplicas(t *testing.T) {
	t.Parallel()
	const many, replicas = 200, 3
	c := newSimulationOf(t, slacktest.Config{}, 1)
	for range replicas - 1 {
		logger, _ := bottest.NewLog()
		c.others = append(c.others, c.newPublisher(logger))
	}
	began := c.Clock.Now()
	c.ask(many)
	c.work(2000)
	took := c.Clock.Now().Sub(began)
	assert.Assert(t, took <= 10*time.Minute, "%d messages at three a second took %s", 2*many, took)
	c.over()
	c.work(2000)
	c.wantOutcomes()
}
