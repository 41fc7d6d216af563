package ledger

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
)

// endedRequests are so many that a plan which reads all of them is not chosen for being short.
const endedRequests = `
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
	INSERT INTO requests (id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
		handle_key, state, accepted_at, ended_at, thread_ts, expires_at, undoes, handed_over)
	SELECT 'r' || i, 'd' || i, 'remove', 'command', 'T1', 'C1', 'U' || i % 100, '', '', 'c' || i % 1000, 'h' || i,
		'h' || i, 'removed', i, i, '', 0, '', TRUE FROM n`

// However many requests there are, what is looked for often is found by an index. On SQLite one with a
// condition is used only where the query spells that condition.
func TestRequestsAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		s, err := openStore(t.Context(), url)
		assert.NilError(t, err)
		defer func() { _ = s.close() }()
		_, err = s.writer().exec(t.Context(), endedRequests)
		assert.NilError(t, err)
		explain := "EXPLAIN QUERY PLAN "
		if isPostgres(url) {
			explain = "EXPLAIN "
			_, err = s.writer().exec(t.Context(), "ANALYZE")
			assert.NilError(t, err)
		}
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
				plan := planOf(t.Context(), t, s.reader(), explain+selectRequests+test.clauses, test.args...)
				assert.Assert(t, strings.Contains(plan, test.index), "%s", plan)
				assert.Assert(t, !readsAll(plan, test.index), "%s", plan)
			})
		}
	})
}

// rememberedEvents are spent deliveries, old events and followers, so many that reading all would show.
func rememberedEvents() []string {
	const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) `
	return []string{
		numbers + `INSERT INTO events (id, at) SELECT 'delivery-' || i, i FROM n`,
		numbers + `INSERT INTO followers SELECT 'r' || i, 'f' || i, 'T1', 'C1', 'U1', '', i, TRUE FROM n`,
	}
}

// However many deliveries are remembered, looking for one reads an index: in the query of each batch
// that is accepted, and before a denial.
func TestDeliveriesAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		s, err := openStore(t.Context(), url)
		assert.NilError(t, err)
		defer func() { _ = s.close() }()
		for _, statement := range append([]string{endedRequests}, rememberedEvents()...) {
			_, err = s.writer().exec(t.Context(), statement)
			assert.NilError(t, err)
		}
		var batch []entry
		for i := range largestBatch {
			batch = append(batch, entry{request: Request{Order: Order{Delivery: fmt.Sprint("new", i)}, ID: fmt.Sprint("n", i)}})
		}
		explain, accepting, args := "EXPLAIN QUERY PLAN ", selectKnown, []any{`["d1","d2"]`}
		if isPostgres(url) {
			explain, accepting, args = "EXPLAIN ", insertMany, columnsOf(batch)
			_, err = s.writer().exec(t.Context(), "ANALYZE")
			assert.NilError(t, err)
		}
		for name, test := range map[string]struct {
			query string
			args  []any
		}{
			"accepting":         {accepting, args},
			"spent deliveries":  {selectSpent(s.dialect()), []any{`["delivery-1","delivery-2"]`}},
			"a delivery at all": {selectSeen, []any{"delivery-1", "d1"}},
			"events to forget":  {selectOldEvents, []any{1, forgetEvents}},
		} {
			t.Run(name, func(t *testing.T) {
				plan := planOf(t.Context(), t, s.reader(), explain+test.query, test.args...)
				for _, all := range []string{
					"SCAN events", "SCAN requests", "SCAN f", "SCAN r", "SCAN followers",
					"Seq Scan on events", "Seq Scan on requests", "Seq Scan on followers",
				} {
					assert.Assert(t, !strings.Contains(plan+"\n", all+"\n") && !strings.Contains(plan, all+" "), "%s", plan)
				}
			})
		}
	})
}

func planOf(ctx context.Context, t *testing.T, q querier, query string, args ...any) string {
	t.Helper()
	found, err := q.query(ctx, query, args...)
	assert.NilError(t, err)
	defer found.Close()
	var plan []string
	for found.Next() {
		var step string
		into := []any{&step}
		if strings.HasPrefix(query, "EXPLAIN QUERY PLAN") {
			var id, parent, unused int
			into = []any{&id, &parent, &unused, &step}
		}
		assert.NilError(t, found.Scan(into...))
		plan = append(plan, step)
	}
	assert.NilError(t, found.Err())
	return strings.Join(plan, "\n")
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
