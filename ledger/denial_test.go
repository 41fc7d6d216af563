package ledger_test

import (
	"testing"

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
