package ledger_test

import (
	"cmp"
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func execution(id, event string) ledger.Execution {
	return ledger.Execution{ID: id, EventID: event, TeamID: "T1", Inputs: ledger.NewSecret(`{"handle":"+14155550132"}`)}
}

func TestAnExecutionIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		var runs atomic.Int32
		ran := make(chan ledger.Execution, 10)
		start(t, l, ledger.Workers{Execute: func(ctx context.Context, id string) (time.Duration, error) {
			runs.Add(1)
			e, err := l.Execution(ctx, id)
			if err != nil {
				return 0, err
			}
			e.Completed, e.DoneAt, e.RequestID = "functions.completeSuccess", time.Now(), "r1"
			if err := l.SaveExecution(ctx, e); err != nil {
				return 0, err
			}
			ran <- e
			return 0, nil
		}})
		var fresh atomic.Int32
		var all sync.WaitGroup
		for i := range 12 { // the same delivery again and again, and under another event id
			all.Go(func() {
				event := "Ev1"
				if i%2 == 1 {
					event = "Ev2"
				}
				taken, err := l.AcceptExecution(t.Context(), execution("Fx1", event))
				if err != nil {
					t.Error(err)
				}
				if taken {
					fresh.Add(1)
				}
			})
		}
		all.Wait()
		if got := <-ran; got.Inputs.Value() != `{"handle":"+14155550132"}` || got.TeamID != "T1" {
			t.Errorf("%+v", got)
		}
		if fresh.Load() != 1 || runs.Load() != 1 {
			t.Errorf("taken %d times, run %d times", fresh.Load(), runs.Load())
		}
		e, err := l.Execution(t.Context(), "Fx1")
		if err != nil || e.DoneAt.IsZero() || e.RequestID != "r1" {
			t.Errorf("%+v, %v", e, err)
		}
	})
}

// A run of a function that an earlier linqbot does not know, which takes every run for a removal, is stored in a way
// that it cannot read.
func TestAnExecutionKnowsItsFunction(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{})
		for id, function := range map[string]string{"Fx1": "", "Fx2": ledger.RemoveFunction, "Fx3": ledger.AddFunction, "Fx4": "something else"} {
			e := execution(id, "Ev"+id)
			e.Function = function
			if _, err := l.AcceptExecution(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			got, err := l.Execution(t.Context(), id)
			if err != nil || got.Function != cmp.Or(function, ledger.RemoveFunction) || got.Inputs.Value() != e.Inputs.Value() {
				t.Errorf("%s: %+v, %v", function, got, err)
			}
			stored, err := l.StoredInputs(t.Context(), id)
			if err != nil || json.Valid([]byte(stored)) != (got.Function == ledger.RemoveFunction) {
				t.Errorf("%s is stored as %s, %v", function, stored, err)
			}
		}
	})
}

func TestEventsAreTakenOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		for want := true; ; want = false {
			fresh, err := l.TakeEvent(t.Context(), "Ev1")
			if err != nil || fresh != want {
				t.Fatalf("fresh %t, want %t: %v", fresh, want, err)
			}
			if !want {
				break
			}
		}
	})
}
