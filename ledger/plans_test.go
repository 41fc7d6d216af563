package ledger

import (
	"fmt"
	"regexp"
	"strconv"
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
		type lookUp struct {
			name    string
			clauses string
			args    []any
			index   string // one of ours that is to be used
		}
		tests := []lookUp{
			{name: "a delivery that came before", clauses: redeliveredClauses, args: []any{"h1", "d1"}},
			{name: "what a person asked for", clauses: recentClauses, args: []any{"U1", "T1", 10}, index: "requests_of_user"},
			{name: "what is under way", clauses: underWayClauses, args: []any{"c1", "h1", "remove"}, index: "requests_under_way"},
			{name: "what takes a removal back", clauses: undoneByClauses, args: []any{"r1"}, index: "requests_undoing"},
			{name: "what has expired", clauses: expiredClauses, args: []any{1, 200}, index: "requests_expiring"},
			{name: "whom Linq saw leave", clauses: awaitingClauses, args: []any{"c1", "h1", "remove"}, index: "requests_unconfirmed"},
		}
		for _, way := range stuckWays() {
			index := "requests_under_way"
			if way.kind == NotHandedOver {
				index = "requests_not_handed_over"
			}
			tests = append(tests, lookUp{string(way.kind), fmt.Sprintf(stuckClauses, way.where, mostStuck), []any{1}, index})
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				plan := storetest.Plan(t, s, selectRequests+test.clauses, test.args...)
				assert.Assert(t, strings.Contains(plan, test.index), "%s", plan)
				assert.Assert(t, !readsAll(plan, test.index), "%s", plan)
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

// However long somebody has been asking, what counts for their limit is found by two indexes, and what counts for
// all by the ids, which are in the order of time.
func TestWhatCountsIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.OnEach(t, func(t *testing.T, s store.Store) {
		storetest.FillRequests(t, s)
		plan := storetest.Plan(t, s, countByPerson(s.Dialect()), `["U1","U2"]`, "r9", 1)
		for _, index := range []string{"requests_of_user", "requests_of_workflows"} {
			assert.Assert(t, strings.Contains(plan, index), "%s", plan)
		}
		storetest.ReadsNoTable(t, plan)
		storetest.ReadsNoTable(t, storetest.Plan(t, s, countOfAll(), "s", 1))
	})
}

// readsAll reports whether a plan reads every request, or every entry of another index than the one named.
func readsAll(plan, index string) bool {
	const dear = 200 // in PostgreSQL's own measure, in which to read all of an index of those costs 350
	if cost := topCost.FindStringSubmatch(plan); cost != nil {
		total, err := strconv.ParseFloat(cost[1], 64)
		return err != nil || total > dear
	}
	for step := range strings.SplitSeq(plan, "\n") {
		if strings.HasPrefix(step, "SCAN requests") && (index == "" || !strings.Contains(step, index)) {
			return true
		}
	}
	return false
}

var topCost = regexp.MustCompile(`cost=[0-9.]+\.\.([0-9.]+)`)
