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

// sent is a world in which Linq has just queued the removal, and does nothing about it by itself.
func sent(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, linqtest.Config{EffectDelay: linqtest.OnSettle}, group(ada, ben, carla, dan), ada)
	w.remove()
	assert.Equal(t, w.records.request().State, ledger.Sent)
	return w
}

func (w *world) confirm() time.Duration {
	w.t.Helper()
	wait, err := w.steps.Confirm(w.ctx, requestID)
	assert.NilError(w.t, err)
	return wait
}

// watch follows the waits until the step wants no further run, and returns when the chat was read,
// counted from the moment when Linq queued the removal.
func (w *world) watch() []time.Duration {
	w.t.Helper()
	before := w.linq.Count(linqtest.GetChat)
	for runs, wait := 1, w.confirm(); wait > 0; runs, wait = runs+1, w.confirm() {
		assert.Assert(w.t, runs < mostRuns, "it is read without end")
		time.Sleep(wait)
	}
	var reads []time.Duration
	for _, call := range w.linq.Calls() {
		if call.Op != linqtest.GetChat {
			continue
		}
		if before--; before < 0 {
			reads = append(reads, call.At.Sub(w.records.request().SentAt))
		}
	}
	return reads
}

func TestTheChatIsReadOnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sent(t)
		want := []time.Duration{200 * time.Millisecond}
		for _, s := range []int{1, 2, 4, 8, 16} {
			want = append(want, time.Duration(s)*time.Second)
		}
		for s := 30; s <= 600; s += 30 {
			want = append(want, time.Duration(s)*time.Second)
		}
		assert.DeepEqual(t, want, w.watch())
		r := w.records.request()
		assert.Equal(t, r.State, ledger.Unconfirmed)
		assert.Equal(t, r.Reason, outcome.ReasonStillListed)
		assert.Equal(t, w.linq.Count(linqtest.Remove), 1, "reading asks for nothing again")
	})
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	settle := func(w *world) { w.linq.Settle() }
	for _, test := range []struct {
		name   string
		doings func(*world) // at once after Linq queued the removal
		unseen bool         // the chat had not been read before
		state  ledger.State
		reason string
		after  time.Duration // the end comes so long after Linq queued the removal
	}{
		{name: "they are listed as removed", doings: settle, state: "removed", after: 200 * time.Millisecond},
		{name: "they are listed as left", doings: (*world).leave, state: "removed", after: 200 * time.Millisecond},
		{name: "they are not listed any more", doings: (*world).unlist, state: "removed", after: 200 * time.Millisecond},
		{name: "they were never seen listed", doings: (*world).unlist, unseen: true, state: "already_gone", after: 200 * time.Millisecond},
		{name: "never seen before, and listed as removed", doings: settle, unseen: true, state: "removed", after: 200 * time.Millisecond},
		{name: "a little later", doings: func(w *world) { time.AfterFunc(5*time.Second, w.linq.Settle) }, state: "removed", after: 8 * time.Second},
		{
			name: "first seen listed while waiting", doings: func(w *world) { time.AfterFunc(5*time.Second, w.unlist) }, unseen: true,
			state: "removed", after: 8 * time.Second,
		},
		{name: "a minute later", doings: func(w *world) { time.AfterFunc(61*time.Second, w.linq.Settle) }, state: "removed", after: 90 * time.Second},
		{name: "at the last moment", doings: func(w *world) { time.AfterFunc(599*time.Second, w.linq.Settle) }, state: "removed", after: 10 * time.Minute},
		{name: "never", doings: nothing, state: "unconfirmed", reason: outcome.ReasonStillListed, after: 10 * time.Minute},
		{
			name: "the chat cannot be read", doings: func(w *world) { w.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: 500}) },
			state: "unconfirmed", reason: outcome.ReasonUnreadable, after: 10 * time.Minute,
		},
		{
			name: "a 404 is no sign", doings: func(w *world) { w.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Status: 404, Code: 2001}) },
			state: "unconfirmed", reason: outcome.ReasonUnreadable, after: 10 * time.Minute,
		},
		{
			name: "the chat can be read at last", doings: func(w *world) {
				w.linq.Settle()
				w.linq.Fail(linqtest.GetChat, 8, linqtest.Fault{Status: 500})
			},
			state: "removed", after: 90 * time.Second,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sent(t)
				if test.unseen {
					w.records.set(func(r *ledger.Request) { r.SeenListed, r.Spelling = false, ledger.Secret{} })
				}
				if test.reason == "" {
					test.reason = outcome.ReasonSeenGone
				}
				test.doings(w)
				reads := w.watch()
				r := w.records.request()
				assert.Equal(t, r.State, test.state)
				assert.Equal(t, r.Reason, test.reason)
				assert.Equal(t, reads[len(reads)-1], test.after)
				assert.Equal(t, len(r.TraceID), 32, "the trace id of Linq's answer stays")
				assert.Equal(t, w.confirm(), time.Duration(0))
			})
		})
	}
}

func TestWhoStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := sent(t)
		w.linq.Settle()
		w.watch()
		assert.Equal(t, w.records.request().People, 4)
	})
}

// A process that was down for longer than the time of waiting looks before it says anything.
func TestConfirmAfterARestart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		doing func(*world)
		state ledger.State
	}{
		{"they have left", func(w *world) { w.linq.Settle() }, ledger.Removed},
		{"they have not", nothing, ledger.Unconfirmed},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sent(t)
				test.doing(w)
				time.Sleep(11 * time.Minute)
				w.restart()
				assert.DeepEqual(t, []time.Duration{11 * time.Minute}, w.watch())
				assert.Equal(t, w.records.request().State, test.state)
			})
		})
	}
}

func TestConfirmLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linqtest.Config{}, group(ada, ben, carla), ada)
		for _, state := range []ledger.State{
			ledger.Asked, ledger.Accepted, ledger.Removed, ledger.AlreadyGone, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled,
		} {
			w.records.set(func(r *ledger.Request) { r.State = state })
			assert.Equal(t, w.confirm(), time.Duration(0), string(state))
		}
		assert.Equal(t, len(w.linq.Calls()), 0)
		_, err := w.steps.Confirm(t.Context(), "no-such-request")
		assert.ErrorIs(t, err, ledger.ErrNotFound)
	})
}

func TestConfirmStops(t *testing.T) {
	t.Parallel()
	for name, delay := range map[string]time.Duration{"before the first reading": 100 * time.Millisecond, "while reading": time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := sent(t)
				w.linq.Fail(linqtest.GetChat, 0, linqtest.Fault{Delay: time.Hour})
				w.stopIn(delay)
				_, err := w.steps.Confirm(w.ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, w.records.request().State, ledger.Sent)
			})
		})
	}
}
