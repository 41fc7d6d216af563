package e2e_test

import (
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
	"linqbot/linq/linqtest"
)

// settled waits until no removal is under way any more, and returns how many were sent.
func (env *testEnv) settled(ids []string) (deletes int) {
	env.t.Helper()
	env.await("the removals under way to end", func() bool {
		before := env.deletes(ids)
		time.Sleep(time.Second)
		deletes = env.deletes(ids)
		return deletes == before
	})
	return deletes
}

// Two replicas carry out one offboarding. Whichever of them is told to pause it, to go on or to stop, both do.
func TestAnOffboardingOfTwoReplicas(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	env.vars["DATABASE_URL"] = ledgertest.Postgres(t)
	env.vars["LINQ_CONCURRENCY"] = "1"
	const chats, atOnce = 20, 2 // one removal in each replica
	ids := env.chatsOfTwoLines(chats)
	env.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Delay: 800 * time.Millisecond})
	env.start()
	other := freeAddr(t)
	env.startBeside(other)
	env.press(alice, env.offboard(alice), "confirm_batch")
	parent := env.awaitParent("20 chats")

	env.await("some removals", func() bool { return env.deletes(ids) > 2 })
	env.pressAt(other, bert, parent, "pause_batch")
	env.awaitPrivate(bert, "Paused")
	before := env.deletes(ids)
	paused := env.settled(ids)
	assert.Assert(t, paused <= before+atOnce, "%d DELETEs were sent during the pause", paused-before)
	assert.Assert(t, paused < chats)
	parent = env.awaitParent("Paused by")

	env.press(alice, parent, "resume_batch")
	env.await("more removals", func() bool { return env.deletes(ids) > paused+2 })
	env.pressAt(other, alice, parent, "stop_batch")
	env.awaitPrivate(alice, "Stopped: nothing new is sent")
	before = env.deletes(ids)
	stopped := env.settled(ids)
	assert.Assert(t, stopped <= before+atOnce, "%d DELETEs were sent after the stop", stopped-before)
	assert.Assert(t, stopped < chats)
	assert.Assert(t, strings.Contains(env.awaitParent("Stopped by").Rendered, "not removed"))
	assert.Equal(t, len(env.parents()), 1)
	env.await("what was sent to be done", func() bool {
		left := 0
		for _, id := range ids {
			if !env.annIsIn(id) {
				left++
			}
		}
		return left == stopped
	})
	for _, id := range ids {
		assert.Assert(t, env.linq.Deletes(id, ann) <= 1, "twice from %s", id)
	}
	assert.Equal(t, env.deletes(ids), stopped)
}
