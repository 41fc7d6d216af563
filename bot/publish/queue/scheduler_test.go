package queue

import (
	"cmp"
	"errors"
	"fmt"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
)

// env is a scheduler with a clock that stands. Unless a test says otherwise, updates wait in their channels
// only.
type env struct {
	t     *testing.T
	clock *bottest.Clock
	*Scheduler
}

func newEnv(t *testing.T, cfg Config) *env {
	t.Helper()
	r := &env{t: t, clock: bottest.NewClock()}
	const plenty = 1000
	cfg.UpdatesPerMinute, cfg.UpdateBurst = cmp.Or(cfg.UpdatesPerMinute, 60*plenty), cmp.Or(cfg.UpdateBurst, plenty)
	cfg.Now = r.clock.Now
	r.Scheduler = New(cfg)
	return r
}

func postOf(key string) Ticket   { return Ticket{Delivery: "of " + key, Key: key} }
func updateOf(key string) Ticket { return Ticket{Delivery: "of " + key, Key: key, Update: true} }

// ask returns how long a message has to wait; 0 means that it went.
func (r *env) ask(t Ticket) time.Duration {
	r.t.Helper()
	return r.askIn(bottest.Ops, t)
}

func (r *env) askIn(channel string, t Ticket) time.Duration {
	r.t.Helper()
	err := r.Take(channel, t)
	if err == nil {
		return 0
	}
	wait, ok := errors.AsType[*WaitError](err)
	assert.Assert(r.t, ok && wait.Wait > 0, "%v", err)
	return wait.Wait
}

// wants asks, and checks the wait to the second: it is rounded up by a little.
func (r *env) wants(t Ticket, wait time.Duration) {
	r.t.Helper()
	got := r.ask(t)
	assert.Assert(r.t, got >= wait && got <= wait+time.Millisecond && (got == 0) == (wait == 0), "%s waits %s, not %s", t.Key, got, wait)
}

// spend lets that many posts go.
func (r *env) spend(n int) {
	r.t.Helper()
	for i := range n {
		r.wants(postOf(fmt.Sprint("spent at ", r.clock.Now(), i)), 0)
	}
}

func TestABurstGoesAtOnce(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	r.spend(20)
	r.wants(postOf("a"), time.Second)
	assert.Equal(t, r.askIn("C0OTHER", postOf("b")), time.Duration(0), "each channel has a pace of its own")
	r.clock.Pass(time.Hour)
	r.spend(20)
	r.wants(postOf("c"), time.Second)
}

func TestTurnsAreReserved(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{PerSecond: 2, Burst: 4})
	r.spend(4)
	for i, key := range []string{"a", "b", "c"} {
		r.wants(postOf(key), time.Duration(i+1)*time.Second/2)
	}
	r.wants(postOf("b"), time.Second) // asking again neither costs nor gives a place
	r.clock.Pass(time.Second + time.Millisecond)
	r.wants(postOf("d"), time.Second-time.Millisecond) // b's turn is not d's, although b is late
	r.wants(postOf("b"), 0)                            // nor does it wait for a, who is late as well
	r.wants(postOf("a"), 0)
	r.clock.Pass(time.Second)
	r.wants(postOf("d"), 0)
	r.wants(postOf("c"), 0)
	r.wants(postOf("e"), time.Second/2-time.Millisecond)
}

// However many come late at once, they are a burst.
func TestLateTurnsDoNotBunchUp(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	r.spend(20)
	for i := range 50 {
		r.wants(postOf(fmt.Sprint(i)), time.Duration(i+1)*time.Second)
	}
	r.clock.Pass(55 * time.Second)
	for i := range 20 {
		r.wants(postOf(fmt.Sprint(i)), 0)
	}
	for i := 20; i < 50; i++ {
		r.wants(postOf(fmt.Sprint(i)), time.Duration(i-19)*time.Second)
	}
}

func TestATurnThatNobodyUsesIsDropped(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		ticket func(string) Ticket
	}{{"posts", postOf}, {"updates", updateOf}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newEnv(t, Config{Burst: 1})
			r.spend(1)
			r.wants(tc.ticket("gone"), time.Second)
			r.clock.Pass(time.Second + ticketGrace)
			r.wants(tc.ticket("next"), time.Second) // the bucket is full, but its one message is another's
			r.clock.Pass(2 * time.Millisecond)
			r.wants(tc.ticket("next"), 0)
		})
	}
}

func TestForgottenTurnsAreFree(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	r.spend(20)
	r.Reserve(bottest.Ops, Ticket{Delivery: "d", Key: "1"}, Ticket{Delivery: "d", Key: "2"}, Ticket{Delivery: "d", Key: "3", Update: true})
	r.wants(postOf("a"), 3*time.Second)
	r.Forget("another")
	r.wants(postOf("a"), 3*time.Second)
	r.Forget("d")
	r.wants(postOf("a"), time.Second)
}

// What belongs to a thread gets its turns together, although it is asked for one by one.
func TestAThreadIsNotTornApart(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	r.spend(17)
	r.Reserve(bottest.Ops, postOf("parent"), postOf("reply"))
	r.wants(postOf("other"), 0)
	r.wants(postOf("another"), time.Second)
	r.wants(postOf("parent"), 0)
	r.wants(postOf("reply"), 0)
	r.wants(postOf("another"), time.Second)
	r.clock.Pass(2 * time.Second)
	r.Reserve(bottest.Ops, postOf("another"), postOf("last")) // its old place
	r.wants(postOf("last"), 0)
}

// A place that was lined up, and never asked about, lasts as long as any other.
func TestALinedUpPlaceLasts(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 1})
	r.spend(1)
	r.Reserve(bottest.Ops, postOf("parent"), postOf("reply"))
	r.clock.Pass(2*time.Second + ticketGrace)
	r.wants(postOf("new"), time.Second)
	r.clock.Pass(2 * time.Millisecond)
	r.wants(postOf("new"), 0)
}

func TestUpdatesLeaveRoomForPosts(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	for i := range 15 {
		r.wants(updateOf(fmt.Sprint(i)), 0)
	}
	r.wants(updateOf("a"), time.Second)
	r.wants(updateOf("b"), 2*time.Second)
	r.spend(2) // at once
	r.wants(updateOf("a"), 3*time.Second)
	r.spend(1)
	r.wants(updateOf("a"), 0) // three have passed it
	r.wants(updateOf("b"), 5*time.Second)
}

// An update that cannot be made becomes a post, and has one place all the same.
func TestAnUpdateThatBecomesAPost(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	r.spend(20)
	r.wants(updateOf("a"), 6*time.Second)
	r.wants(postOf("a"), time.Second)
	r.wants(updateOf("a"), time.Second)
	r.wants(postOf("b"), 2*time.Second)
	r.wants(updateOf("c"), 8*time.Second)
}

// A wait is rounded so that it is never too short.
func TestATurnIsNotTooEarly(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{PerSecond: 3, Burst: 1})
	r.spend(1)
	wait := r.ask(postOf("a"))
	assert.Assert(t, 3*wait > time.Second, "%s", wait)
	r.clock.Pass(wait)
	r.wants(postOf("a"), 0)
}

func TestSlackHoldsAChannel(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	r.wants(postOf("a"), 0)
	r.BackOff(bottest.Ops, postOf("a"), 60*time.Second)
	r.BackOff(bottest.Ops, postOf("in flight"), time.Second) // a shorter wait ends none
	r.wants(postOf("b"), 62*time.Second)
	r.wants(updateOf("u"), 61*time.Second) // the first update goes right after what was put off
	r.wants(postOf("b"), 63*time.Second)
	assert.Equal(t, r.askIn("C0OTHER", postOf("c")), time.Duration(0))
	assert.Equal(t, r.askIn("C0OTHER", updateOf("d")), time.Duration(0))
	r.clock.Pass(60*time.Second - time.Millisecond)
	r.wants(postOf("in flight"), time.Millisecond)
	r.clock.Pass(time.Millisecond)
	r.wants(postOf("b"), 3*time.Second) // what was put off goes first, and the burst is spent
	r.wants(postOf("in flight"), 0)
	r.clock.Pass(time.Second)
	r.wants(updateOf("u"), 0)
	r.clock.Pass(time.Second)
	r.wants(postOf("a"), 0)
	r.clock.Pass(time.Second)
	r.wants(postOf("b"), 0)
}

// After a silence the first update need not wait until the room for posts is there again.
func TestAnUpdateAfterASilence(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	r.Reserve(bottest.Ops, postOf("a"), updateOf("b"))
	r.wants(postOf("a"), 0)
	r.BackOff(bottest.Ops, postOf("a"), 5*time.Second)
	r.clock.Pass(5 * time.Second)
	r.wants(postOf("a"), 0)
	r.wants(updateOf("b"), time.Second)
}

func TestChannelsAreForgotten(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 20})
	for i := range 100 {
		r.askIn(fmt.Sprint("C", i), postOf("a"))
	}
	r.spend(20)
	r.ask(postOf("waits"))
	r.BackOff("held", postOf("a"), time.Hour)
	r.clock.Pass(10 * time.Second)
	r.askIn("new", postOf("a"))
	assert.Equal(t, len(r.channels), 3, "those that are busy, and the new one")
	r.clock.Pass(2 * time.Hour)
	r.askIn("newer", postOf("a"))
	assert.Equal(t, len(r.channels), 1)
}

func TestASilenceIsNotForgotten(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 1})
	r.BackOff(bottest.Ops, postOf("a"), time.Hour)
	r.Forget(postOf("a").Delivery)
	r.askIn("new", postOf("b"))
	r.wants(postOf("c"), time.Hour)
}
