package ledger_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/ledger/backlog"
	"linqbot/ledger/ledgertest"
)

func pauseBy(user string) ledger.Switch {
	return ledger.Switch{Pause: true, Source: ledger.HomeSwitch, TeamID: "T1", UserID: user, Reason: "wrong list"}
}

func paused(t testing.TB, l *ledger.Ledger) ledger.Pause {
	t.Helper()
	p, err := l.Paused(t.Context())
	assert.NilError(t, err)
	return p
}

func TestTheSwitch(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		assert.Assert(t, !paused(t, l).Holds())
		before, err := l.Turn(t.Context(), ledger.Switch{Source: ledger.HomeSwitch, UserID: "U1"})
		assert.NilError(t, err)
		assert.Assert(t, !before.Holds())

		before, err = l.Turn(t.Context(), pauseBy("U1"))
		assert.NilError(t, err)
		assert.Assert(t, !before.Holds())
		holds := paused(t, l)
		assert.Assert(t, holds.Holds())
		assert.Equal(t, holds.UserID, "U1")
		assert.Equal(t, holds.Reason, "wrong list")

		t.Log("who pauses what is paused changes nothing")
		before, err = l.Turn(t.Context(), pauseBy("U2"))
		assert.NilError(t, err)
		assert.Equal(t, before.UserID, "U1")
		assert.Equal(t, paused(t, l).UserID, "U1")

		t.Log("an operator resumes them beside the one who serves, which learns of it")
		before, err = ledger.Turn(t.Context(), url, ledger.Switch{Source: ledger.Operator, Operator: "ops"})
		assert.NilError(t, err)
		assert.Equal(t, before.UserID, "U1")
		await(t, "the end of the pause", func() bool { return !paused(t, l).Holds() })

		var rows []string
		for row, err := range audit.Rows(t.Context(), l.Reader(), audit.Filter{}) {
			assert.NilError(t, err)
			rows = append(rows, string(row.State)+" by "+row.UserID+", "+row.Rule+": "+row.Reason)
		}
		assert.DeepEqual(t, rows, []string{"paused by U1, admin: wrong list", "resumed by , operator ops: "})
	})
}

// Of those who pause at the same moment one is the first, and the others are told of it.
func TestTheSwitchTurnedSideBySide(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		var first sync.Map
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				before, err := ledger.Turn(t.Context(), url, pauseBy("U"+string(rune('A'+i))))
				if err != nil {
					t.Error(err)
				}
				if !before.Holds() {
					first.Store(i, true)
				}
			})
		}
		all.Wait()
		n := 0
		first.Range(func(any, any) bool { n++; return true })
		assert.Equal(t, n, 1)
		assert.Equal(t, rowsOf(t, l, "switches"), 1)
	})
}

// While removals are paused they stay where they are, and additions go on. Afterwards they go on by themselves.
func TestAPauseHoldsRemovals(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
			return 0, end(ctx, l, id, ledger.Refused)
		}})
		_, err := l.Turn(t.Context(), pauseBy("U1"))
		assert.NilError(t, err)
		removal := accept(t, l, order("d1", "+14155550132"))[0].Request
		back := order("d2", "+14155550132")
		back.Kind = ledger.Add
		addition := accept(t, l, back)[0].Request
		await(t, "the addition", func() bool { return state(t, l, addition.ID) == ledger.Refused })
		time.Sleep(time.Second + 100*time.Millisecond) // longer than between two sweeps
		assert.Equal(t, state(t, l, removal.ID), ledger.Accepted)
		stuck, err := backlog.FindStuck(t.Context(), l.Reader(), time.Now().Add(time.Hour))
		assert.NilError(t, err)
		assert.Equal(t, len(stuck), 0)
		_, err = ledger.Turn(t.Context(), url, ledger.Switch{Source: ledger.Operator, Operator: "ops"})
		assert.NilError(t, err)
		await(t, "the removal", func() bool { return state(t, l, removal.ID) == ledger.Refused })
	})
}
