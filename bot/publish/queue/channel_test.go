package queue

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

// However long the line of updates, each post has its turn; however long the line of posts, each update has.
func TestPostsAndUpdatesShareTheChannel(t *testing.T) {
	t.Parallel()
	r := newEnv(t, Config{Burst: 2})
	r.spend(2)
	for i := range 20 {
		r.wants(updateOf(fmt.Sprint("u", i)), time.Duration(i+2)*time.Second)
	}
	var order []string
	for i := range 9 {
		r.ask(postOf(fmt.Sprint("p", i)))
	}
	keys := []string{"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"}
	for i := range 20 {
		keys = append(keys, fmt.Sprint("u", i))
	}
	for range 14 {
		r.clock.Pass(time.Second)
		for _, key := range slices.Backward(keys) { // the order in which they ask does not matter
			t := postOf(key)
			t.Update = key[0] == 'u'
			if r.ask(t) == 0 {
				order = append(order, key)
				keys = slices.DeleteFunc(keys, func(other string) bool { return other == key })
			}
		}
	}
	assert.DeepEqual(t, order, []string{"p0", "p1", "p2", "u0", "p3", "p4", "p5", "u1", "p6", "p7", "p8", "u2", "u3"})
	r.wants(postOf("new"), 0) // out of what updates leave
}

// Messages come at random and come back late at random: never are there more in any stretch of time
// than the pace allows, all of them go, none asks often, and the line moves as fast as it may.
func TestAnyLineKeepsThePace(t *testing.T) {
	t.Parallel()
	const burst, messages = 8, 300
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		r := newEnv(t, Config{Burst: burst})
		began := r.clock.Now()
		type visitor struct {
			at time.Time
			Ticket
			asked int
		}
		var waiting []visitor
		for i := range messages {
			waiting = append(waiting, visitor{
				at:     began.Add(time.Duration(random.IntN(60_000)) * time.Millisecond),
				Ticket: Ticket{Delivery: "d", Key: fmt.Sprint(i), Update: random.IntN(3) == 0},
			})
		}
		var sent []time.Time
		for len(waiting) > 0 {
			slices.SortFunc(waiting, func(a, b visitor) int { return b.at.Compare(a.at) })
			next := &waiting[len(waiting)-1]
			r.clock.Pass(next.at.Sub(r.clock.Now()))
			next.asked++
			wait := r.ask(next.Ticket)
			if wait > 0 {
				next.at = r.clock.Now().Add(min(wait, AskAgain) + time.Duration(random.IntN(2500))*time.Millisecond)
				continue
			}
			assert.Assert(t, next.asked <= messages/int(AskAgain/time.Second)+12, "seed %d: asked %d times", seed, next.asked)
			waiting = waiting[:len(waiting)-1]
			sent = append(sent, r.clock.Now())
		}
		for i := range sent {
			for j := i; j < len(sent); j++ {
				allowed := burst + sent[j].Sub(sent[i]).Seconds()
				assert.Assert(t, float64(j-i+1) <= allowed+0.001, "seed %d: %d messages in %s", seed, j-i+1, sent[j].Sub(sent[i]))
			}
		}
		took := sent[len(sent)-1].Sub(began)
		assert.Assert(t, took < messages*time.Second+10*time.Second, "seed %d: took %s", seed, took)
	}
}
