package queue

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
)

// Slack counts updates for the whole workspace: they have one pace, whatever the channel, and posts
// have no part in it.
func TestUpdatesOfAllChannelsHaveOnePace(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{UpdatesPerMinute: 30, UpdateBurst: 2})
	assert.Equal(t, r.askIn(bottest.Aside, updateOf("a")), time.Duration(0))
	r.wants(updateOf("b"), 0)
	r.wants(updateOf("c"), 2*time.Second)
	assert.Assert(t, r.askIn(bottest.Aside, updateOf("d")) >= 4*time.Second)
	r.wants(updateOf("c"), 2*time.Second) // asking again neither costs nor gives a place
	r.spend(10)
	r.clock.Pass(2*time.Second + time.Millisecond)
	assert.Assert(t, r.askIn(bottest.Aside, updateOf("d")) > time.Second, "c's turn is not d's, although c is late")
	r.wants(updateOf("c"), 0)
	r.clock.Pass(2 * time.Second)
	assert.Equal(t, r.askIn(bottest.Aside, updateOf("d")), time.Duration(0))
}

// What cannot go in its channel yet is in the way of no other channel.
func TestABusyChannelHoldsUpNoUpdatesElsewhere(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 4, UpdatesPerMinute: 60, UpdateBurst: 2})
	r.wants(updateOf("a"), 0)
	r.wants(updateOf("b"), 0)
	r.wants(updateOf("c"), time.Second) // the channel leaves two to posts
	r.spend(2)
	for _, key := range []string{"c", "d", "e", "f"} {
		assert.Assert(t, r.ask(updateOf(key)) > time.Second)
	}
	r.clock.Pass(time.Second)
	assert.Equal(t, r.askIn(bottest.Aside, updateOf("g")), time.Duration(0))
}

func TestForgottenUpdatesAreFree(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{UpdatesPerMinute: 60, UpdateBurst: 1})
	r.wants(updateOf("a"), 0)
	r.wants(updateOf("b"), time.Second)
	r.wants(updateOf("c"), 2*time.Second)
	r.wants(updateOf("d"), 3*time.Second)
	r.Forget(updateOf("b").Delivery)
	r.wants(updateOf("c"), time.Second)
	r.wants(postOf("c"), 0) // it cannot be changed, and is posted anew
	r.wants(updateOf("d"), time.Second)
}

// When Slack puts an update off, all updates wait, wherever they are, and no post.
func TestSlackHoldsUpdates(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{UpdatesPerMinute: 60})
	r.wants(updateOf("a"), 0)
	r.wants(updateOf("in flight"), 0)
	r.BackOff(bottest.Ops, updateOf("a"), 60*time.Second)
	r.BackOff(bottest.Ops, updateOf("in flight"), time.Second) // a shorter wait ends none
	r.spend(20)
	assert.Equal(t, r.askIn(bottest.Aside, postOf("b")), time.Duration(0))
	assert.Assert(t, r.askIn(bottest.Aside, updateOf("c")) >= 62*time.Second)
	r.clock.Pass(60 * time.Second)
	assert.Assert(t, r.askIn(bottest.Aside, updateOf("c")) >= 2*time.Second, "what was put off goes first, and the burst is spent")
	r.wants(updateOf("in flight"), 0)
	r.clock.Pass(time.Second)
	r.wants(updateOf("a"), 0)
	r.clock.Pass(time.Second)
	assert.Equal(t, r.askIn(bottest.Aside, updateOf("c")), time.Duration(0))
}
