package reconcile_test

import (
	"context"
	"fmt"
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
	return sentOf(t, ledger.Remove)
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
	want := []time.Duration{200 * time.Millisecond}
	for _, s := range []int{1, 2, 4, 8, 16} {
		want = append(want, time.Duration(s)*time.Second)
	}
	for s := 30; s <= 600; s += 30 {
		want = append(want, time.Duration(s)*time.Second)
	}
	for kind, reason := range map[ledger.Kind]string{ledger.Remove: outcome.ReasonStillListed, ledger.Add: outcome.ReasonStillAway} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := sentOf(t, kind)
				assert.DeepEqual(t, want, e.watch())
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Unconfirmed)
				assert.Equal(t, r.Reason, reason)
				assert.Equal(t, e.linq.Count(kinds()[kind].op), 1, "reading asks for nothing again")
			})
		})
	}
}

// confirmation is what happens after Linq queued a request, and how that ends.
type confirmation struct {
	name   string
	doings func(*env) // at once after Linq queued it
	unseen bool       // the chat had not been read before
	state  ledger.State
	reason string
	after  time.Duration // the end comes so long after Linq queued it
}

const (
	firstReading = 200 * time.Millisecond
	tooLate      = 10 * time.Minute
)

func settle(e *env) { e.linq.Settle() }

func settleAfter(d time.Duration) func(*env) {
	return func(e *env) { time.AfterFunc(d, e.linq.Settle) }
}

// readingFails makes so many readings of the chat fail, 0 for all.
func readingFails(times int, fault linqtest.Fault) func(*env) {
	return func(e *env) { e.linq.Fail(linqtest.GetChat, times, fault) }
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	noAnswer, notFound := linqtest.Fault{Status: 500}, linqtest.Fault{Status: 404, Code: 2001}
	for kind, tests := range map[ledger.Kind][]confirmation{
		ledger.Remove: {
			{name: "they are listed as removed", doings: settle, state: "removed", reason: "seen_gone", after: firstReading},
			{name: "they are listed as left", doings: (*env).leave, state: "removed", reason: "seen_gone", after: firstReading},
			{name: "they are not listed any more", doings: (*env).unlist, state: "removed", reason: "seen_gone", after: firstReading},
			{name: "they were never seen listed", doings: (*env).unlist, unseen: true, state: "already_gone", reason: "seen_gone", after: firstReading},
			{name: "never seen before, and listed as removed", doings: settle, unseen: true, state: "removed", reason: "seen_gone", after: firstReading},
			{name: "a little later", doings: settleAfter(5 * time.Second), state: "removed", reason: "seen_gone", after: 8 * time.Second},
			{
				name: "first seen listed while waiting", doings: func(e *env) { time.AfterFunc(5*time.Second, e.unlist) }, unseen: true,
				state: "removed", reason: "seen_gone", after: 8 * time.Second,
			},
			{name: "a minute later", doings: settleAfter(61 * time.Second), state: "removed", reason: "seen_gone", after: 90 * time.Second},
			{name: "at the last moment", doings: settleAfter(599 * time.Second), state: "removed", reason: "seen_gone", after: tooLate},
			{name: "never", doings: nothing, state: "unconfirmed", reason: "still_listed", after: tooLate},
			{name: "the chat cannot be read", doings: readingFails(0, noAnswer), state: "unconfirmed", reason: "unreadable", after: tooLate},
			{name: "a 404 is no sign", doings: readingFails(0, notFound), state: "unconfirmed", reason: "unreadable", after: tooLate},
			{
				name: "the chat can be read at last", doings: both(settle, readingFails(8, noAnswer)),
				state: "removed", reason: "seen_gone", after: 90 * time.Second,
			},
		},
		ledger.Add: {
			{name: "they are in it", doings: settle, state: "added", reason: "seen_there", after: firstReading},
			{
				name: "they are not listed yet", doings: both((*env).unlist, settleAfter(5*time.Second)),
				state: "added", reason: "seen_there", after: 8 * time.Second,
			},
			{name: "a minute later", doings: settleAfter(61 * time.Second), state: "added", reason: "seen_there", after: 90 * time.Second},
			{name: "at the last moment", doings: settleAfter(599 * time.Second), state: "added", reason: "seen_there", after: tooLate},
			{name: "never", doings: nothing, state: "unconfirmed", reason: "still_away", after: tooLate},
			{name: "never listed", doings: (*env).unlist, state: "unconfirmed", reason: "still_away", after: tooLate},
			{
				name: "the chat cannot be read", doings: both(settle, readingFails(0, noAnswer)),
				state: "unconfirmed", reason: "unreadable", after: tooLate,
			},
			{name: "a 404 is no sign", doings: both(settle, readingFails(0, notFound)), state: "unconfirmed", reason: "unreadable", after: tooLate},
		},
	} {
		for _, test := range tests {
			t.Run(fmt.Sprint(kind, ", ", test.name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					e := sentOf(t, kind)
					if test.unseen {
						e.records.set(func(r *ledger.Request) { r.SeenListed, r.ListedHandle = false, ledger.Secret{} })
					}
					test.doings(e)
					reads := e.watch()
					r := e.records.request()
					assert.Equal(t, r.State, test.state)
					assert.Equal(t, r.Reason, test.reason)
					assert.Equal(t, reads[len(reads)-1], test.after)
					assert.Equal(t, len(r.TraceID), 32, "the trace id of Linq's answer stays")
					assert.Equal(t, e.confirm(), time.Duration(0))
					if test.state == ledger.Added {
						assert.Equal(t, r.People, 5)
					}
				})
			})
		}
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
