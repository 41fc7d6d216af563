package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

var errPowerOff = errors.New("power off")

// dieAt makes every save from the nth on fail, as if the process had ended just before it.
func (e *env) dieAt(nth int) {
	n := 0
	e.records.failing = func(ledger.Request) error {
		if n++; n >= nth {
			return errPowerOff
		}
		return nil
	}
}

// revive starts the process again on what was saved.
func (e *env) revive() {
	e.records.failing = nil
	e.restart()
}

// The process ends between any two of its acts; another carries on. However that falls, the person
// leaves or comes once.
func TestCrash(t *testing.T) {
	t.Parallel()
	slow := linqtest.Config{EffectDelay: time.Minute}
	for _, test := range []struct {
		name   string
		kind   ledger.Kind
		config linqtest.Config
		die    int
		calls  int // before the restart
		then   func(*env)
		want   result
	}{
		{
			name: "before the intent is stored: nothing was sent", kind: ledger.Remove, die: 1, calls: 0, then: nothing,
			want: result{"sent", "", true, 1, 1, once(0), []string{asked, queued}},
		},
		{
			name: "after the DELETE: the chat shows it", kind: ledger.Remove, die: 2, calls: 1, then: nothing,
			want: result{"removed", "seen_gone", true, 1, 1, once(0), []string{asked, gone}},
		},
		{
			name: "after the DELETE, and they are not listed any more", kind: ledger.Remove, die: 2, calls: 1, then: (*env).unlist,
			want: result{"removed", "seen_gone", true, 1, 1, once(0), []string{asked, gone}},
		},
		{
			name: "after the DELETE, whose effect is queued", kind: ledger.Remove, config: slow, die: 2, calls: 1, then: nothing,
			want: result{"sent", "", true, 2, 1, once(0), []string{asked, asked2, queued}},
		},
		{
			name: "after the DELETE, and the chat cannot be read, and Linq knows nothing of them", kind: ledger.Remove, die: 2, calls: 1,
			then: failing(linqtest.GetChat, linqtest.Fault{Status: 500}),
			want: result{"removed", "seen_gone", true, 2, 1, once(0), []string{
				asked, asked2, "Linq answered 404, code 2001; the chat shows that they are gone",
			}},
		},
		{
			name: "before the intent is stored: nothing was sent", kind: ledger.Add, die: 1, calls: 0, then: nothing,
			want: result{"sent", "", true, 1, 1, once(0), []string{asked, queued}},
		},
		{
			name: "after the POST: the chat shows it", kind: ledger.Add, die: 2, calls: 1, then: nothing,
			want: result{"added", "seen_there", true, 1, 1, once(0), []string{asked, there}},
		},
		{
			name: "after the POST, whose effect is queued", kind: ledger.Add, config: slow, die: 2, calls: 1, then: nothing,
			want: result{"sent", "", true, 2, 1, once(0), []string{asked, asked2, queued}},
		},
	} {
		t.Run(fmt.Sprint(test.kind, ", ", test.name), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnvOf(t, test.kind, test.config)
				e.dieAt(test.die)
				_, err := e.steps.Try(e.ctx, requestID)
				assert.ErrorIs(t, err, errPowerOff)
				assert.Equal(t, e.linq.Count(kinds()[test.kind].op), test.calls)

				e.revive()
				test.then(e)
				got := result{Waits: once(e.remove())}
				time.Sleep(2 * time.Minute)
				e.finish(&got)
				assert.DeepEqual(t, test.want, got)
			})
		})
	}
	t.Run("between the intent and the DELETE", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			e := newEnvOf(t, ledger.Remove, linqtest.Config{})
			e.records.set(func(r *ledger.Request) { r.Tries, r.MayHaveReached, r.FirstTryAt = 1, true, time.Now() })
			got := result{Waits: once(e.remove())}
			e.finish(&got)
			assert.DeepEqual(t, result{"sent", "", true, 1, 1, once(0), []string{asked2, queued}}, got)
		})
	})
}

// The process is told to stop while Linq hangs: what was learned is kept, and the next one goes on.
func TestShutdownInMidCall(t *testing.T) {
	t.Parallel()
	cut := again("Linq did not answer", time.Second)
	tookPlace := linqtest.Fault{Delay: time.Hour}
	didNot := linqtest.Fault{Delay: time.Hour, Drop: linqtest.BeforeEffect}
	for _, test := range []struct {
		name  string
		kind  ledger.Kind
		fault linqtest.Fault
		want  result
	}{
		{"its effect took place", ledger.Remove, tookPlace, result{"removed", "seen_gone", true, 1, 1, once(0), []string{asked, cut, gone}}},
		{"its effect did not", ledger.Remove, didNot, result{"sent", "", true, 2, 1, once(0), []string{asked, cut, asked2, queued}}},
		{"its effect took place", ledger.Add, tookPlace, result{"added", "seen_there", true, 1, 1, once(0), []string{asked, cut, there}}},
		{"its effect did not", ledger.Add, didNot, result{"sent", "", true, 2, 1, once(0), []string{asked, cut, asked2, queued}}},
	} {
		t.Run(fmt.Sprint(test.kind, ", ", test.name), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnvOf(t, test.kind, linqtest.Config{})
				e.linq.Fail(kinds()[test.kind].op, 1, test.fault)
				e.stopIn(2 * time.Second)
				_, err := e.steps.Try(e.ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Accepted)
				assert.Assert(t, r.MayHaveReached)
				assert.Equal(t, r.NextTryAt, time.Now().Add(time.Second))

				time.Sleep(time.Second)
				e.ctx = t.Context()
				e.restart()
				got := result{Waits: once(e.remove())}
				e.finish(&got)
				assert.DeepEqual(t, test.want, got)
			})
		})
	}
}

// stopIn ends the process's context after a while.
func (e *env) stopIn(d time.Duration) {
	ctx, cancel := context.WithCancel(e.ctx)
	e.ctx = ctx
	go func() {
		time.Sleep(d)
		cancel()
	}()
}

func TestShutdownWhileReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: time.Hour})
		e.stopIn(time.Second)
		_, err := e.steps.Try(e.ctx, requestID)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, e.linq.Count(linqtest.Remove), 0)
		assert.Equal(t, len(e.records.history()), 0, "nothing was done, so nothing is written down")
	})
}

// Our own stopping ends no request: not the last try, nor the last look at the chat.
func TestShutdownAtTheEndOfTheBudget(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]linqtest.Op{"in the last try": linqtest.Remove, "in the last look": linqtest.GetChat} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{EffectDelay: time.Hour}, group(ada, ben, carla, dan), ada)
				e.records.set(func(r *ledger.Request) { r.Tries, r.FirstTryAt = 30, time.Now().Add(-time.Hour) })
				if hang == linqtest.GetChat {
					e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 500, Code: 3006})
					e.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{RawBody: "<html>"})
				}
				e.linq.Fail(hang, 1, linqtest.Fault{Delay: time.Hour})
				e.stopIn(2 * time.Second)
				_, err := e.steps.Try(e.ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, e.records.request().State, ledger.Accepted)

				e.ctx = t.Context()
				e.restart()
				time.Sleep(time.Minute)
				e.remove()
				assert.Equal(t, e.records.request().State, ledger.Sent)
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
				e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
				e.records.set(func(r *ledger.Request) { r.FirstTryAt = time.Now().Add(-since) })
				ctx, cancel := context.WithCancel(t.Context())
				e.records.failing = func(ledger.Request) error {
					cancel()
					return nil
				}
				_, err := e.steps.Try(ctx, requestID)
				assert.ErrorIs(t, err, context.Canceled)
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Accepted)
				assert.Assert(t, !r.MayHaveReached)
				assert.DeepEqual(t, e.records.history(), []string{asked, again("Linq did not answer", time.Second)})
				assert.Equal(t, e.linq.Count(linqtest.Remove), 0)
			})
		})
	}
}

// Someone else saved the request in the meantime, as a webhook does: what they know stands.
func TestStaleSave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Delay: 2 * time.Second})
		go func() {
			time.Sleep(time.Second)
			e.records.set(func(r *ledger.Request) { r.State = ledger.Removed })
		}()
		wait, err := e.steps.Try(e.ctx, requestID)
		assert.NilError(t, err)
		assert.Assert(t, wait > 0 && wait < time.Second, "it decides again soon: %s", wait)
		assert.Equal(t, e.remove(), time.Duration(0))
		assert.Equal(t, e.records.request().State, ledger.Removed)
		assert.Equal(t, e.linq.Count(linqtest.Remove), 1)
	})
}
