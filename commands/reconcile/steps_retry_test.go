package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// One retriable trouble, then all is well: the person leaves once.
func TestTroubleIsTriedAgain(t *testing.T) {
	t.Parallel()
	answered := func(status, code int) string { return fmt.Sprintf("Linq answered %d, code %d", status, code) }
	const slow = "Linq did not answer"
	type kindOfTrouble struct {
		name  string
		fault linqtest.Fault
		wait  time.Duration // one second if it is 0
		cause string
	}
	troubles := []kindOfTrouble{
		{"408", linqtest.Fault{Status: 408}, 0, answered(408, 0)},
		{"429 without a wait", linqtest.Fault{Status: 429, Code: 1007}, 0, answered(429, 1007)},
		{"429, wait 0 in the body", linqtest.Fault{Status: 429, RawBody: `{"error": {"code": 1007, "retry_after": 0}}`}, 0, answered(429, 1007)},
		{"429, wait 7 in the body", linqtest.Fault{Status: 429, RawBody: `{"error": {"code": 1007, "retry_after": 7}}`}, 7 * time.Second, answered(429, 1007)},
		{"429, wait 7 in the header", linqtest.Fault{Status: 429, RetryAfter: 7 * time.Second}, 7 * time.Second, answered(429, 0)},
		{"429, wait 7 in both", linqtest.Fault{Status: 429, Code: 1007, RetryAfter: 7 * time.Second}, 7 * time.Second, answered(429, 1007)},
		{"429, wait 4000", linqtest.Fault{Status: 429, Code: 1007, RetryAfter: 4000 * time.Second}, 5 * time.Minute, answered(429, 1007)},
		{"429 with a code of its own", linqtest.Fault{Status: 429, Code: 1015}, 0, answered(429, 1015)},
		{"500", linqtest.Fault{Status: 500, Code: 3006}, 0, answered(500, 3006)},
		{"502 of a proxy", linqtest.Fault{Status: 502, RawBody: "<html>502</html>"}, 0, answered(502, 0)},
		{"403 of a proxy", linqtest.Fault{Status: 403, RawBody: "<html>403</html>", Untraced: true}, 0, answered(403, 0)},
		{"404 of a proxy", linqtest.Fault{Status: 404, RawBody: "<html>404</html>", Untraced: true}, 0, answered(404, 0)},
		{"503", linqtest.Fault{Status: 503, Code: 4004}, 0, answered(503, 4004)},
		{"503 with a wait", linqtest.Fault{Status: 503, Code: 4004, RetryAfter: 9 * time.Second}, 9 * time.Second, answered(503, 4004)},
		{"504", linqtest.Fault{Status: 504, Code: 3005}, 0, answered(504, 3005)},
		{"the chat is being created", linqtest.Fault{Status: 409, Code: 2009}, 0, answered(409, 2009)},
		{"a conflict of states", linqtest.Fault{Status: 409, Code: 2015}, 0, answered(409, 2015)},
		{"dropped before its effect", linqtest.Fault{Drop: linqtest.BeforeEffect}, 0, slow},
	}
	var scenarios []scenario
	for kind, op := range kinds() {
		for _, trouble := range troubles {
			if trouble.wait == 0 {
				trouble.wait = time.Second
			}
			scenarios = append(scenarios, scenario{
				name: fmt.Sprint(kind, ", ", trouble.name), kind: kind,
				runs: []func(*env){failing(op.op, trouble.fault), nothing},
				want: result{
					State: ledger.Sent, MayHaveReached: true, Calls: 2, Effects: 1,
					Waits:   []time.Duration{trouble.wait, 0},
					History: []string{asked, again(trouble.cause, trouble.wait), asked2, queued},
				},
			})
		}
		scenarios = append(scenarios, scenario{
			name: fmt.Sprint(kind, ", refused connection"), kind: kind,
			runs: []func(*env){
				func(e *env) { e.linq.RefuseConnections(op.method) },
				func(e *env) { e.linq.RefuseConnections("") },
			},
			want: result{
				State: ledger.Sent, MayHaveReached: true, Calls: 1, Effects: 1, Waits: []time.Duration{time.Second, 0},
				History: []string{asked, again(slow, time.Second), asked2, queued},
			},
		})
	}
	runScenarios(t, scenarios)
}

func again(cause string, wait time.Duration) string {
	return fmt.Sprintf("%s; trying again in %s", cause, wait)
}

// What is said of a request between its tries decides how its end is told.
func TestDoubtAfterTrouble(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault linqtest.Fault
		doubt bool
	}{
		{"408: Linq gave up on it", linqtest.Fault{Status: 408}, true},
		{"429: turned down", linqtest.Fault{Status: 429, Code: 1007}, false},
		{"500", linqtest.Fault{Status: 500, Code: 3006}, true},
		{"502 of a proxy", linqtest.Fault{Status: 502}, true},
		{"504", linqtest.Fault{Status: 504}, true},
		{"404 of a proxy", linqtest.Fault{Status: 404, Untraced: true}, false},
		{"a conflict of states: turned down", linqtest.Fault{Status: 409, Code: 2015}, false},
		{"dropped", linqtest.Fault{Drop: linqtest.BeforeEffect}, true},
		{"too slow", linqtest.Fault{Delay: time.Minute, Status: 503}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
				e.linq.Fail(linqtest.Remove, 1, test.fault)
				e.remove()
				r := e.records.request()
				assert.Equal(t, r.State, ledger.Accepted)
				assert.Equal(t, r.MayHaveReached, test.doubt)
			})
		})
	}
	t.Run("refused connection: nothing was sent", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
			e.linq.RefuseConnections(http.MethodDelete)
			e.remove()
			r := e.records.request()
			assert.Equal(t, r.Reason, outcome.ReasonNoAnswer)
			assert.Assert(t, !r.MayHaveReached)
		})
	})
	t.Run("an earlier doubt is not forgotten", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
			e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 500})
			e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 429})
			time.Sleep(e.remove())
			time.Sleep(e.remove())
			assert.Assert(t, e.records.request().MayHaveReached)
			e.linq.RefuseConnections(http.MethodDelete)
			e.remove()
			assert.Assert(t, e.records.request().MayHaveReached)
		})
	})
	t.Run("an error that says nothing of what was sent", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
			e.stepsWith(fixed{chat: errors.New("unreadable"), remove: errors.New("who knows")})
			assert.Equal(t, e.remove(), time.Second)
			r := e.records.request()
			assert.Assert(t, r.MayHaveReached)
			assert.Equal(t, r.State, ledger.Accepted)
		})
	})
}

// fixed answers every call with the same errors.
type fixed struct {
	accountLines
	chat, remove error
}

func (f fixed) Chat(context.Context, linq.ChatID) (linq.Chat, error) { return linq.Chat{}, f.chat }

func (f fixed) RemoveParticipant(context.Context, linq.ChatID, handle.Handle) (linq.Accepted, error) {
	return linq.Accepted{HTTPStatus: http.StatusAccepted}, f.remove
}

func (f fixed) AddParticipant(context.Context, linq.ChatID, handle.Handle) (linq.Accepted, error) {
	return linq.Accepted{HTTPStatus: http.StatusAccepted}, f.remove
}

func TestWaitsDouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		e.linq.Fail(linqtest.Remove, 0, linqtest.Fault{Status: http.StatusServiceUnavailable, Code: 4004})
		for _, want := range []int{1, 2, 4, 8, 16, 30, 30, 30} {
			wait := e.remove()
			assert.Equal(t, wait, time.Duration(want)*time.Second)
			assert.Equal(t, e.records.request().NextTryAt, time.Now().Add(wait), "it is stored before the step returns")
			time.Sleep(wait)
		}
	})
}

func TestWaitsAreSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		different := map[time.Duration]bool{}
		for range 20 {
			e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
			e.steps = reconcile.NewSteps(reconcile.StepsConfig{Chats: e.client, Records: e.records, Logger: quiet()})
			e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: http.StatusServiceUnavailable})
			wait := e.remove()
			assert.Assert(t, wait >= 800*time.Millisecond && wait <= 1200*time.Millisecond, "%s", wait)
			different[wait] = true
		}
		assert.Assert(t, len(different) > 1)
	})
}

func TestARunBeforeItsTimeCallsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		e.records.set(func(r *ledger.Request) { r.NextTryAt = time.Now().Add(10 * time.Second) })
		assert.Equal(t, e.remove(), 10*time.Second)
		time.Sleep(9 * time.Second)
		assert.Equal(t, e.remove(), time.Second)
		assert.Equal(t, len(e.linq.Calls()), 0)
		assert.Equal(t, len(e.records.history()), 0)

		time.Sleep(time.Second - 15*time.Millisecond)
		assert.Equal(t, e.remove(), time.Duration(0), "a job may be woken a little early")
		assert.Equal(t, e.records.request().State, ledger.Sent)
	})
}

func TestATryLastsTwentySeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Delay: time.Hour})
		began := time.Now()
		assert.Equal(t, e.remove(), time.Second)
		assert.Equal(t, time.Since(began), 20*time.Second)
		r := e.records.request()
		assert.Equal(t, r.Reason, outcome.ReasonNoAnswer)
		assert.Assert(t, r.MayHaveReached)
	})
}

func TestStepsLeaveOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, group(ada, ben, carla), ada)
		for _, state := range []ledger.State{
			ledger.Asked, ledger.Sent, ledger.Removed, ledger.AlreadyGone, ledger.Unconfirmed, ledger.Refused, ledger.Failed, ledger.Cancelled,
		} {
			e.records.set(func(r *ledger.Request) { r.State = state })
			assert.Equal(t, e.remove(), time.Duration(0), string(state))
		}
		assert.Equal(t, len(e.linq.Calls()), 0)
		_, err := e.steps.Try(t.Context(), "no-such-request")
		assert.ErrorIs(t, err, ledger.ErrNotFound)
	})
}
