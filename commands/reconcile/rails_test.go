package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// withRails has the steps obey rails.
func (e *env) withRails(r rails.Rails) {
	e.steps = reconcile.NewSteps(reconcile.StepsConfig{
		Chats: e.client, Records: e.records, Logger: quiet(), Lines: knownLines(), Rails: r, Region: "US",
		Jitter: func(wait time.Duration) time.Duration { return wait },
	})
}

// switchboard is a switch that a test turns.
type switchboard struct {
	err error

	mu    sync.Mutex
	pause ledger.Pause
}

func (s *switchboard) Paused(context.Context) (ledger.Pause, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pause, s.err
}

func (s *switchboard) turn(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = ledger.Pause{}
	if on {
		s.pause = ledger.Pause{UserID: "U9", Reason: "test", Since: time.Now()}
	}
}

// Somebody who is protected is not removed, however the chat or the request spells them.
func TestProtectedPeopleAreNotAskedFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ protected, listed, asked string }{
		"as asked for":              {ada, ada, ada},
		"as the chat lists them":    {"+525512345678", "+5215512345678", "+525512345678"},
		"without a country code":    {ada, "2025550132", ada},
		"an address in other cases": {"carla@example.com", "Carla@Example.com", "CARLA@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(tc.listed, ben, dan), tc.asked)
				e.withRails(rails.Rails{Protected: rails.Protect([]handle.Handle{handle.New(tc.protected)}, "US")})
				assert.Equal(t, e.remove(), time.Duration(0))
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Refused)
				assert.Equal(t, r.Reason, outcome.ReasonProtected)
				assert.Equal(t, e.effects(), 0)
			})
		})
	}
}

// A removal is held for as long as a pause lasts, though it was handed over before, and goes on afterwards with
// all of its time. Nothing is read or sent meanwhile.
func TestAPauseHoldsATry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		s := &switchboard{}
		e.withRails(rails.Rails{Pauses: s})
		s.turn(true)
		e.wantHeld()
		time.Sleep(time.Hour)
		e.wantHeld()
		assert.Equal(t, len(e.linq.Calls()), 0)
		assert.DeepEqual(t, e.records.history(), []string{"removals are paused, so nothing was sent"})
		assert.Equal(t, e.records.request().Tries, 0)
		assert.Assert(t, e.records.request().FirstTryAt.IsZero())
		s.turn(false)
		assert.Equal(t, e.remove(), time.Duration(0))
		assert.Equal(t, e.records.request().State, ledger.Sent)
		assert.Equal(t, e.records.request().Reason, "")
	})
}

// A pause that begins while the chat is read holds the DELETE that would follow.
func TestAPauseThatBeginsDuringATry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		s := &switchboard{}
		e.withRails(rails.Rails{Pauses: s})
		e.linq.Inject(linqtest.Fault{Op: linqtest.GetChat, Times: 1, Delay: time.Second})
		go func() {
			time.Sleep(500 * time.Millisecond)
			s.turn(true)
		}()
		e.wantHeld()
		assert.Equal(t, e.linq.Deletes(e.chat, ada), 0)
		assert.Equal(t, e.records.request().Tries, 0)
	})
}

// While it is not known whether removals are paused, nobody is removed.
func TestAPauseThatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		e.withRails(rails.Rails{Pauses: &switchboard{err: errors.New("down")}})
		_, err := e.steps.Try(e.ctx, requestID)
		assert.ErrorContains(t, err, "down")
		assert.Equal(t, e.linq.Deletes(e.chat, ada), 0)
	})
}

// What was tried before a pause, and may have been done, is looked up after it, with a last try if its time is over.
func TestAPauseAfterATry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla, dan), ada)
		s := &switchboard{}
		e.withRails(rails.Rails{Pauses: s})
		e.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 1, Status: 500, Code: 3006})
		time.Sleep(e.remove())
		s.turn(true)
		e.wantHeld()
		assert.Equal(t, e.records.request().Reason, outcome.ReasonPaused)
		time.Sleep(20 * time.Minute)
		e.wantHeld()
		s.turn(false)
		e.remove()
		assert.Equal(t, e.records.request().State, ledger.Sent)
		assert.Assert(t, slices.Contains(e.records.history(), "removals are paused, so nothing was sent"))
	})
}

// Adding people back goes on.
func TestAPauseHoldsNoAddition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ben, carla, dan), ada)
		e.records.set(func(r *ledger.Request) { r.Kind = ledger.Add })
		s := &switchboard{}
		s.turn(true)
		e.withRails(rails.Rails{Pauses: s, Protected: rails.Protect([]handle.Handle{handle.New(ada)}, "US")})
		assert.Equal(t, e.remove(), time.Duration(0))
		assert.Equal(t, e.records.request().State, ledger.Sent)
	})
}
