package reconcile_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// sent is an env in which Linq has just queued the removal, and does nothing about it by itself.
func sent(t *testing.T) *env {
	t.Helper()
	e := newEnv(t, linqtest.Config{EffectDelay: linqtest.OnSettle}, group(ada, ben, carla, dan), ada)
	e.remove()
	assert.Equal(t, e.records.request().State, ledger.Sent)
	return e
}

func (e *env) confirm() time.Duration {
	e.t.Helper()
	wait, err := e.steps.Confirm(e.ctx, requestID)
	assert.NilError(e.t, err)
	return wait
}

// watch follows the waits until the step wants no further run, and returns when the chat was read,
// counted from the moment when Linq queued the removal.
func (e *env) watch() []time.Duration {
	e.t.Helper()
	before := e.linq.Count(linqtest.GetChat)
	for runs, wait := 1, e.confirm(); wait > 0; runs, wait = runs+1, e.confirm() {
		assert.Assert(e.t, runs < mostRuns, "it is read without end")
		time.Sleep(wait)
	}
	var reads []time.Duration
	for _, call := range e.linq.Calls() {
		if call.Op != linqtest.GetChat {
			continue
		}
		if before--; before < 0 {
			reads = append(reads, call.At.Sub(e.records.request().SentAt))
		}
	}
	return reads
}

func TestTheChatIsReadOnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := sent(t)
		want := []time.Duration{200 * time.Millisecond}
		for _, s := range []int{1, 2, 4, 8, 16} {
			want = append(want, time.Duration(s)*time.Second)
		}
		for s := 30; s <= 600; s += 30 {
			want = append(want, time.Duration(s)*time.Second)
		}
		assert.DeepEqual(t, want, e.watch())
		r := e.records.request()
		assert.Equal(t, r.State, ledger.Unconfirmed)
		assert.Equal(t, r.Reason, outcome.ReasonStillListed)
		assert.Equal(t, e.linq.Count(linqtest.Remove), 1, "reading asks for nothing again")
	})
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	settle := func(e *env) { e.linq.Settle() }
	for _, test := range []struct {
		name   string
		doings func(*env) // at once after Linq queued the removal
		unseen bool       // the chat had not been read before
		state  ledger.State
		reason string
		after  time.Duration // the end comes so long after Linq queued the removal
	}{
		{name: "they are listed as removed", doings: settle, state: "removed", after: 200 * time.Millisecond},
		{name: "they are listed as left", doings: (*env).leave, state: "removed", after: 200 * time.Millisecond},
		{name: "they are not listed any more", doings: (*env).unlist, state: "removed", after: 200 * time.Millisecond},
		{name: "they were never seen listed", doings: (*env).unlist, unseen: true, state: "already_gone", after: 200 * time.Millisecond},
		{name: "never seen before, and listed as removed", doings: settle, unseen: true, state: "removed", after: 200 * time.Millisecond},
		{name: "a little later", doings: func(e *env) { time.AfterFunc(5*time.Second, e.linq.Settle) }, state: "removed", after: 8 * time.Second},
		{
			name: "first seen listed while waiting", doings: func(e *env) { time.AfterFunc(5*time.Second, e.unlist) }, unseen: true,
			state: "removed", after: 8 * time.Second,
		},
		{name: "a minute later", doings: func(e *env) { time.AfterFunc(61*time.Second, e.linq.Settle) }, state: "removed", after: 90 * time.Second},
		{name: "at the last moment", doings: func(e *env) { time.AfterFunc(599*time.Second, e.linq.Settle) }, state: "removed", after: 10 * time.Minute},
		{name: "never", doings: nothing, state: "unconfirmed", reason: outcome.ReasonStillListed, after: 10 * time.Minute},
		{
			name: "the chat cannot be read", doings: func(e *env) { e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: 500}) },
			state: "unconfirmed", reason: outcome.ReasonUnreadable, after: 10 * time.Minute,
		},
		{
			name: "a 404 is no sign", doings: func(e *env) { e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: 404, Code: 2001}) },
			state: "unconfirmed", reason: outcome.ReasonUnreadable, after: 10 * time.Minute,
		},
		{
			name: "the chat can be read at last", doings: func(e *env) {
				e.linq.Settle()
				e.linq.Fail(linqtest.GetChat, 8, linqtest.Fault{Status: 500})
			},
			state: "removed", after: 90 * time.Second,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := sent(t)
				if test.unseen {
					e.records.set(func(r *ledger.Request) { r.SeenListed, r.Spelling = false, ledger.Secret{} })
				}
				if test.reason == "" {
					test.reason = outcome.ReasonSeenGone
				}
				test.doings(e)
				reads := e.watch()
				r := e.records.request()
				assert.Equal(t, r.State, test.state)
				assert.Equal(t, r.Reason, test.reason)
				assert.Equal(t, reads[len(reads)-1], test.after)
				assert.Equal(t, len(r.TraceID), 32, "the trace id of Linq's answer stays")
				assert.Equal(t, e.confirm(), time.Duration(0))
			})
		})
	}
}

func TestWhoStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := sent(t)
		e.linq.Settle()
		e.watch()
		assert.Equal(t, e.records.request().People, 4)
	})
}

// A process that was down for longer than the time of waiting looks before it says anything.
func TestConfirmAfterARestart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		doing func(*env)
		state ledger.State
	}{
		{"they have left", func(e *env) { e.linq.Settle() }, ledger.Removed},
		{"they have not", nothing, ledger.Unconfirmed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := sent(t)
				test.doing(e)
				time.Sleep(11 * time.Minute)
				e.restart()
				assert.DeepEqual(t, []time.Duration{11 * time.Minute}, e.watch())
				assert.Equal(t, e.records.request().State, test.state)
			})
		})
	}
}

func TestConfirmLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		for _, state := range []ledger.State{
			ledger.Asked, ledger.Accepted, ledger.Removed, ledger.AlreadyGone, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled,
		} {
			e.records.set(func(r *ledger.Request) { r.State = state })
			assert.Equal(t, e.confirm(), time.Duration(0), string(state))
		}
		assert.Equal(t, len(e.linq.Calls()), 0)
		_, err := e.steps.Confirm(t.Context(), "no-such-request")
		assert.ErrorIs(t, err, ledger.ErrNotFound)
	})
}

func TestConfirmStops(t *testing.T) {
	t.Parallel()
	for name, delay := range map[string]time.Duration{"before the first reading": 100 * time.Millisecond, "while reading": time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := sent(t)
				e.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Delay: time.Hour})
				e.stopIn(delay)
				_, err := e.steps.Confirm(e.ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, e.records.request().State, ledger.Sent)
			})
		})
	}
}
