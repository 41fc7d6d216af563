package storetest

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"linqbot/ledger/internal/store"
)

const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) `

// FillRequests inserts so many requests which have ended that a plan which reads all of them is not chosen
// for being short. SQLite plans by the schema alone as long as nobody tells it to ANALYZE: it gets none.
func FillRequests(t testing.TB, s store.Store) {
	t.Helper()
	if !IsPostgres(s) {
		return
	}
	Exec(t, s, numbers+`
		INSERT INTO requests (id, delivery, kind, source, team_id, channel_id, user_id, rule, response_url, chat_id, handle,
			handle_key, state, accepted_at, ended_at, thread_ts, expires_at, undoes, handed_over)
		SELECT 'r' || i, 'd' || i, 'remove', 'command', 'T1', 'C1', 'U' || i % 100, '', '', 'c' || i % 1000, 'h' || i,
			'h' || i, 'removed', i, i, '', 0, '', TRUE FROM n`,
		`ANALYZE`)
}

// FillDeliveries inserts as many spent deliveries, old events and followers beside such requests.
func FillDeliveries(t testing.TB, s store.Store) {
	t.Helper()
	if !IsPostgres(s) {
		return
	}
	FillRequests(t, s)
	Exec(t, s,
		numbers+`INSERT INTO events (id, at) SELECT 'delivery-' || i, i FROM n`,
		numbers+`INSERT INTO followers SELECT 'r' || i, 'f' || i, 'T1', 'C1', 'U1', '', i, TRUE FROM n`,
		`ANALYZE`)
}

// Plan returns how the store answers a query, a step on each line.
func Plan(t testing.TB, s store.Store, query string, args ...any) string {
	t.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if IsPostgres(s) {
		explain = "EXPLAIN "
	}
	found, err := s.Reader().Query(t.Context(), explain+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	var plan []string
	for found.Next() {
		var step string
		into := []any{&step}
		if !IsPostgres(s) {
			var id, parent, unused int
			into = []any{&id, &parent, &unused, &step}
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n")
}

// UsesIndex fails a test whose plan does not use an index, "" for any, or reads all of what [FillRequests] inserted.
func UsesIndex(t testing.TB, plan, index string) {
	t.Helper()
	if !strings.Contains(plan, index) || readsAll(plan, index) {
		t.Errorf("it does not use the index %s:\n%s", index, plan)
	}
}

// readsAll reports whether a plan reads every request, or every entry of another index than the one named.
func readsAll(plan, index string) bool {
	const dear = 200 // in PostgreSQL's own measure, in which to read all of an index of those costs 350
	topCost := regexp.MustCompile(`cost=[0-9.]+\.\.([0-9.]+)`)
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

// ReadsNoTable fails a test whose plan reads all of what [FillDeliveries] inserted of a kind.
func ReadsNoTable(t testing.TB, plan string) {
	t.Helper()
	for _, all := range []string{
		"SCAN events", "SCAN requests", "SCAN f", "SCAN r", "SCAN followers",
		"Seq Scan on events", "Seq Scan on requests", "Seq Scan on followers",
	} {
		if strings.Contains(plan+"\n", all+"\n") || strings.Contains(plan, all+" ") {
			t.Errorf("it reads a whole table:\n%s", plan)
		}
	}
}
