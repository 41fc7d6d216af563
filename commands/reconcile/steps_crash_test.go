package reconcile_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

var errPowerOff = errors.New("power off")

// dieAt makes every save from the nth on fail, as if the process had ended just before it.
func (w *world) dieAt(nth int) {
	n := 0
	w.records.failing = func(ledger.Request) error {
		if n++; n >= nth {
			return errPowerOff
		}
		return nil
	}
}

// revive starts the process again on what was saved.
func (w *world) revive() {
	w.records.failing = nil
	w.restart()
}

// The process ends between any two of its acts; another carries on. However that falls, the person
// leaves once.
func TestCrash(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		config  linqtest.Config
		die     int
		deletes int // before the restart
		then    func(*world)
		want    ending
	}{
		{
			name: "before the intent is stored: nothing was sent", die: 1, deletes: 0, then: nothing,
			want: ending{"sent", "", true, 1, 1, once(0), []string{asked, queued}},
		},
		{
			name: "after the DELETE: the chat shows it", die: 2, deletes: 1, then: nothing,
			want: ending{"removed", "seen_gone", true, 1, 1, once(0), []string{asked, gone}},
		},
		{
			name: "after the DELETE, and they are not listed any more", die: 2, deletes: 1, then: (*world).unlist,
			want: ending{"removed", "seen_gone", true, 1, 1, once(0), []string{asked, gone}},
		},
		{
			name: "after the DELETE, whose effect is queued", config: linqtest.Config{EffectDelay: time.Minute}, die: 2, deletes: 1, then: nothing,
			want: ending{"sent", "", true, 2, 1, once(0), []string{asked, asked2, queued}},
		},
		{
			name: "after the DELETE, and the chat cannot be read, and Linq knows nothing of them", die: 2, deletes: 1,
			then: failing(linqtest.GetChat, linqtest.Fault{Status: 500}),
			want: ending{"removed", "seen_gone", true, 2, 1, once(0), []string{
				asked, asked2, "Linq answered 404, code 2001; the chat shows that they are gone",
			}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, test.config, group(ada, ben, carla, dan), ada)
				w.dieAt(test.die)
				_, err := w.steps.Try(w.ctx, requestID)
				assert.ErrorIs(t, err, errPowerOff)
				assert.Equal(t, w.linq.Count(linqtest.Remove), test.deletes)

				w.revive()
				test.then(w)
				got := ending{Waits: once(w.remove())}
				time.Sleep(2 * time.Minute)
				w.finish(&got)
				assert.DeepEqual(t, test.want, got)
			})
		})
	}
	t.Run("between the intent and the DELETE", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
			w.records.set(func(r *ledger.Request) { r.Tries, r.MayHaveReached, r.FirstTryAt = 1, true, time.Now() })
			got := ending{Waits: once(w.remove())}
			w.finish(&got)
			assert.DeepEqual(t, ending{"sent", "", true, 1, 1, once(0), []string{asked2, queued}}, got)
		})
	})
}

// The process is told to stop while Linq hangs: what was learned is kept, and the next one goes on.
func TestShutdownInMidDelete(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault linqtest.Fault
		want  ending
	}{
		{
			"its effect took place",
			linqtest.Fault{Delay: time.Hour},
			ending{"removed", "seen_gone", true, 1, 1, once(0), []string{asked, again("Linq did not answer", time.Second), gone}},
		},
		{
			"its effect did not",
			linqtest.Fault{Delay: time.Hour, Drop: linqtest.BeforeEffect},
			ending{"sent", "", true, 2, 1, once(0), []string{asked, again("Linq did not answer", time.Second), asked2, queued}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
				w.linq.Fail(linqtest.Remove, 1, test.fault)
				w.stopIn(2 * time.Second)
				_, err := w.steps.Try(w.ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				r := w.records.request()
				assert.Equal(t, r.State, ledger.Accepted)
				assert.Assert(t, r.MayHaveReached)
				assert.Equal(t, r.NextTryAt, time.Now().Add(time.Second))

				time.Sleep(time.Second)
				w.ctx = t.Context()
				w.restart()
				got := ending{Waits: once(w.remove())}
				w.finish(&got)
				assert.DeepEqual(t, test.want, got)
			})
		})
	}
}

// stopIn ends the process's context after a while.
func (w *world) stopIn(d time.Duration) {
	ctx, cancel := context.WithCancel(w.ctx)
	w.ctx = ctx
	go func() {
		time.Sleep(d)
		cancel()
	}()
}

func TestShutdownWhileReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		w.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: time.Hour})
		w.stopIn(time.Second)
		_, err := w.steps.Try(w.ctx, requestID)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, w.linq.Count(linqtest.Remove), 0)
		assert.Equal(t, len(w.records.history()), 0, "nothing was done, so nothing is written down")
	})
}

// Our own stopping ends no request: not the last try, nor the last look at the chat.
func TestShutdownAtTheEndOfTheBudget(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]linqtest.Op{"in the last try": linqtest.Remove, "in the last look": linqtest.GetChat} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, linqtest.Config{EffectDelay: time.Hour}, group(ada, ben, carla, dan), ada)
				w.records.set(func(r *ledger.Request) { r.Tries, r.FirstTryAt = 30, time.Now().Add(-time.Hour) })
				if hang == linqtest.GetChat {
					w.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 500, Code: 3006})
					w.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{RawBody: "<html>"})
				}
				w.linq.Fail(hang, 1, linqtest.Fault{Delay: time.Hour})
				w.stopIn(2 * time.Second)
				_, err := w.steps.Try(w.ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, w.records.request().State, ledger.Accepted)

				w.ctx = t.Context()
				w.restart()
				time.Sleep(time.Minute)
				w.remove()
				assert.Equal(t, w.records.request().State, ledger.Sent)
			})
		})
	}
}

// Stopping between the intent and the DELETE sends nothing, and is no failure either.
func TestShutdownBeforeTheDelete(t *testing.T) {
	t.Parallel()
	for name, since := range map[string]time.Duration{"the first try": 0, "the last try": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
				w.records.set(func(r *ledger.Request) { r.FirstTryAt = time.Now().Add(-since) })
				ctx, cancel := context.WithCancel(t.Context())
				w.records.failing = func(ledger.Request) error {
					cancel()
					return nil
				}
				_, err := w.steps.Try(ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				r := w.records.request()
				assert.Equal(t, r.State, ledger.Accepted)
				assert.Assert(t, !r.MayHaveReached)
				assert.DeepEqual(t, w.records.history(), []string{asked, again("Linq did not answer", time.Second)})
				assert.Equal(t, w.linq.Count(linqtest.Remove), 0)
			})
		})
	}
}

// Someone else saved the request in the meantime, as a webhook does: what they know stands.
func TestStaleSave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		w.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Delay: 2 * time.Second})
		go func() {
			time.Sleep(time.Second)
			w.records.set(func(r *ledger.Request) { r.State = ledger.Removed })
		}()
		wait, err := w.steps.Try(w.ctx, requestID)
		assert.NilError(t, err)
		assert.Assert(t, wait > 0 && wait < time.Second, "it decides again soon: %s", wait)
		assert.Equal(t, w.remove(), time.Duration(0))
		assert.Equal(t, w.records.request().State, ledger.Removed)
		assert.Equal(t, w.linq.Count(linqtest.Remove), 1)
	})
}
