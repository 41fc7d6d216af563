package ledger

import (
	"strings"
	"testing"
)

// However many requests there are, those of a person are read through their index, in its order.
func TestRecentRequestsAreFoundByTheirIndex(t *testing.T) {
	t.Parallel()
	s, err := openSQLite(t.Context(), t.TempDir()+"/ledger.db")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	rows, err := s.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+selectRequests+recentClauses, "U1", "T1", 10)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(plan) != 1 || !strings.Contains(plan[0], "requests_of_user (user_id=?)") {
		t.Errorf("%q", plan)
	}
}
