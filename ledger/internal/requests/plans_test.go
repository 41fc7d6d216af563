package requests

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/storetest"
)

// However many requests there are, what is looked for often is found by an index. On SQLite one with a
// condition is used only where the query spells that condition.
func TestRequestsAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		for _, test := range []struct {
			name    string
			clauses string
			args    []any
			index   string // one of ours that is to be used
		}{
			{name: "a delivery that came before", clauses: redeliveredClauses, args: []any{"h1", "d1"}},
			{name: "what a person asked for", clauses: recentClauses, args: []any{"U1", "T1", 10}, index: "requests_of_user"},
			{name: "what is under way", clauses: underWayClauses, args: []any{"c1", "h1", "remove"}, index: "requests_under_way"},
			{name: "what wants the contrary", clauses: opposingClauses, args: []any{"c1", "h1", "add"}, index: "requests_under_way"},
			{name: "what takes a removal back", clauses: undoneByClauses, args: []any{"r1"}, index: "requests_undoing"},
			{name: "what has expired", clauses: expiredClauses, args: []any{1, 200}, index: "requests_expiring"},
			{name: "whom Linq saw leave", clauses: awaitingClauses, args: []any{"c1", "h1", "remove"}, index: "requests_unconfirmed"},
		} {
			t.Run(test.name, func(t *testing.T) {
				storetest.UsesIndex(t, storetest.Plan(t, s, selectRequests+test.clauses, test.args...), test.index)
			})
		}
	})
}

// The next question to expire is found by an index as well, which holds only those that are open.
func TestTheNextToExpireIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		plan := storetest.Plan(t, s, nextToExpire)
		assert.Assert(t, strings.Contains(plan, "requests_expiring"), "%s", plan)
	})
}

// Who follows the requests of a batch is found by an index as well.
func TestFollowersOfABatchAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		plan := storetest.Plan(t, s, fmt.Sprintf(selectUntold, ofBatch), "b1")
		assert.Assert(t, strings.Contains(plan, "requests_of_batch"), "%s", plan)
		plan = storetest.Plan(t, s, paceTries, "b1")
		assert.Assert(t, strings.Contains(plan, "requests_of_batch"), "%s", plan)
	})
}

// What belongs to one request or batch is found by an index. A short id is compared with ids that an index has.
func TestWhatBelongsToARequestIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillDeliveries(t, s)
		storetest.Exec(t, s, `INSERT INTO history (request_id, at, state, cause, trace_id) SELECT id, 1, 'removed', '', '' FROM requests`)
		if storetest.IsPostgres(s) {
			storetest.Exec(t, s, `ANALYZE`)
		}
		storetest.ReadsNoTable(t, storetest.Plan(t, s, followersOf, "r1", 100))
		storetest.UsesIndex(t, storetest.Plan(t, s, `SELECT cause FROM history `+historyClauses, "r1"), "history_request")
		named := storetest.Plan(t, s, selectRequests+store.NamedClauses("requests"), "00000000", 2)
		assert.Assert(t, strings.Contains(named, "requests_pkey") || strings.Contains(named, "COVERING INDEX sqlite_autoindex_requests_1"), "%s", named)
		assert.Assert(t, !strings.Contains(named, "Seq Scan on requests"), "%s", named)
	})
}

// The states that SQL takes for those under way are the ones that are not final.
func TestUnderWayIsWhatIsNotFinal(t *testing.T) {
	t.Parallel()
	var open []string
	for _, state := range States() {
		if !state.Final() {
			open = append(open, "'"+string(state)+"'")
		}
	}
	assert.Equal(t, store.UnderWay, "state IN ("+strings.Join(open, ", ")+")")
}
