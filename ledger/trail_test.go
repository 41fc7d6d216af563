package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest"
)

func denial(delivery string) ledger.Denial {
	return ledger.Denial{Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "not named", Delivery: delivery}
}

func reading(delivery, words string) ledger.Reading {
	return ledger.Reading{Source: ledger.ChatList, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "everyone", Searched: words, Delivery: delivery}
}

func deny(t *testing.T, l *ledger.Ledger, d ledger.Denial) (repeated bool) {
	t.Helper()
	repeated, err := l.Deny(t.Context(), d)
	assert.NilError(t, err)
	return repeated
}

func rowsOf(t *testing.T, l *ledger.Ledger, table string) int {
	t.Helper()
	rows, err := l.Count(t.Context(), table)
	assert.NilError(t, err)
	return rows[table]
}

// notes returns how many denials and readings have a row, and how many were left out.
func notes(t *testing.T, l *ledger.Ledger) (rows, leftOut int64) {
	t.Helper()
	for row, err := range l.Reader().Audit(t.Context(), ledger.AuditFilter{}) {
		assert.NilError(t, err)
		if row.State == ledger.Denied || row.State == ledger.Read {
			rows, leftOut = rows+1, leftOut+row.LeftOut
		}
	}
	return rows, leftOut
}

// What was denied or read once is on record once, and never makes a request: also on another replica,
// and when the policy is another one by then.
func TestADeliveryIsSpentOnce(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := openURL(t, url)
		assert.Assert(t, !deny(t, l, denial("d1")))
		repeated, err := l.KeepReading(t.Context(), reading("d2", "spring"))
		assert.NilError(t, err)
		assert.Assert(t, !repeated)
		fresh, err := l.TakeDelivery(t.Context(), "d3")
		assert.NilError(t, err)
		assert.Assert(t, fresh)
		assert.NilError(t, l.Close())

		l = open(t, url)
		for _, spent := range []string{"d1", "d2", "d3"} {
			assert.Assert(t, deny(t, l, denial(spent)), spent)
			repeated, err := l.KeepReading(t.Context(), reading(spent, "spring"))
			assert.NilError(t, err)
			assert.Assert(t, repeated, spent)
			fresh, err := l.TakeDelivery(t.Context(), spent)
			assert.NilError(t, err)
			assert.Assert(t, !fresh, spent)
		}
		accepted := accept(t, l, order("d1", "+14155550132"), order("d2", "+14155550133"), order("d3", "+14155550134"), order("d4", "+14155550135"))
		for i, a := range accepted[:3] {
			assert.Equal(t, a.Outcome, ledger.Spent, "%d", i)
			assert.Equal(t, a.Request.ID, "", "%d", i)
		}
		assert.Equal(t, accepted[3].Outcome, ledger.Recorded)
		rows, err := l.Count(t.Context(), "denials", "readings", "requests", "events")
		assert.NilError(t, err)
		assert.DeepEqual(t, rows, map[string]int{"denials": 1, "readings": 1, "requests": 1, "events": 3})
	})
}

// What was recorded, or followed somebody else's request, and comes again from somebody who may no
// longer ask, is no new denial.
func TestWhatWasAcceptedIsNotDeniedLater(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		assert.Equal(t, accept(t, l, order("d1", "+14155550132"))[0].Outcome, ledger.Recorded)
		assert.Equal(t, accept(t, l, order("d2", "+14155550132"))[0].Outcome, ledger.UnderWay)
		assert.Assert(t, deny(t, l, denial("d1")))
		assert.Assert(t, deny(t, l, denial("d2")))
		assert.Equal(t, rowsOf(t, l, "denials"), 0)
		assert.Equal(t, accept(t, l, order("d1", "+14155550132"))[0].Outcome, ledger.Redelivered)
	})
}

// Each cause has some rows at once, and then one a minute, which says how many have none. What has none
// spends its delivery all the same.
func TestDenialsAreBounded(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		var c clock
		l, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet(), Now: c.now})
		assert.NilError(t, err)
		const many, atOnce = 50, 30
		for i := range many {
			assert.Assert(t, !deny(t, l, denial(fmt.Sprint("d", i))))
			_, err := l.KeepReading(t.Context(), reading(fmt.Sprint("r", i), fmt.Sprint("words ", i)))
			assert.NilError(t, err)
		}
		other := denial("other")
		other.UserID = "U2"
		deny(t, l, other)
		await(t, "all deliveries to be spent", func() bool { return rowsOf(t, l, "events") == 2*many+1 })
		assert.Equal(t, rowsOf(t, l, "denials"), atOnce+1)
		assert.Equal(t, rowsOf(t, l, "readings"), atOnce)
		for i := range many {
			assert.Assert(t, deny(t, l, denial(fmt.Sprint("d", i))))
		}

		l.WriteLeftOut(t.Context())
		assert.Equal(t, rowsOf(t, l, "denials"), atOnce+1, "not yet")
		c.ahead.Store(int64(time.Minute))
		l.WriteLeftOut(t.Context())
		rows, leftOut := notes(t, l)
		assert.Equal(t, rows, int64(2*atOnce+1+2))
		assert.Equal(t, leftOut, int64(2*(many-atOnce-1)))
		last := ""
		for row, err := range l.Reader().Audit(t.Context(), ledger.AuditFilter{State: ledger.Read}) {
			assert.NilError(t, err)
			last = row.Searched
		}
		assert.Equal(t, last, "words 49", "the latest search")

		deny(t, l, denial("one"))
		deny(t, l, denial("two"))
		assert.NilError(t, l.Close())
		l = open(t, url)
		rows, leftOut = notes(t, l)
		assert.Equal(t, rows+leftOut, int64(2*many+1+2), "what is left out at the end is counted too")
	})
}

// Who is denied while the ledger is held up does not wait for it, and is on record afterwards.
func TestADenialOutlastsAHeldLedger(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		assert.NilError(t, l.Hold(t.Context(), func() {
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // the look-up that ended in a denial took all the time
			_, err := l.Deny(ctx, denial("d1"))
			assert.NilError(t, err)
			assert.Equal(t, rowsOf(t, l, "denials"), 0)
		}))
		await(t, "the denial", func() bool { return rowsOf(t, l, "denials") == 1 })
		assert.Assert(t, deny(t, l, denial("d1")))
	})
}

// Of what does not fit into memory while the ledger is held up, the number is kept.
func TestMoreDenialsThanFit(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := openURL(t, url)
		const many = 1200
		var refused atomic.Int64
		assert.NilError(t, l.Hold(t.Context(), func() {
			var all sync.WaitGroup
			for i := range many {
				all.Go(func() {
					if _, err := l.Deny(t.Context(), denial(fmt.Sprint("d", i))); err != nil {
						refused.Add(1)
					}
				})
			}
			all.Wait()
		}))
		assert.Assert(t, refused.Load() > 0)
		await(t, "the others", func() bool { return int64(rowsOf(t, l, "events")) == many-refused.Load() })
		assert.NilError(t, l.Close())
		l = open(t, url)
		rows, leftOut := notes(t, l)
		assert.Equal(t, rows, int64(30+1))
		assert.Equal(t, rows+leftOut, int64(many))
	})
}
