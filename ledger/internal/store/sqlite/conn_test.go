package sqlite_test

import (
	"path/filepath"
	"testing"

	"linqbot/ledger/internal/store/sqlite"
)

func TestStatementsHaveAFixedPlan(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		`SELECT id FROM river_job LIMIT ?5`:                       `SELECT id FROM river_job LIMIT +?5`,
		`SELECT id FROM requests WHERE kind = $1 LIMIT $2`:        `SELECT id FROM requests WHERE kind = $1 LIMIT +$2`,
		`SELECT id FROM (SELECT id FROM t LIMIT $1) LIMIT 20`:     `SELECT id FROM (SELECT id FROM t LIMIT +$1) LIMIT 20`,
		`SELECT value FROM json_each(?1) LIMIT @most - 1`:         `SELECT value FROM json_each(?1) LIMIT @most - 1`,
		`INSERT INTO settings (name, value) VALUES ($1, 'LIMIT')`: `INSERT INTO settings (name, value) VALUES ($1, 'LIMIT')`,
	} {
		if got := sqlite.WithFixedPlan(query); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
}

// BenchmarkLimits measures how River looks for jobs: for as many as workers are free, which is another number each time.
// Each run would prepare the statement anew if its plan depended on the number.
func BenchmarkLimits(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "linqbot.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for limit := 0; b.Loop(); limit++ {
		updated, err := s.Writer().Exec(b.Context(), `
			UPDATE river_job SET state = 'running' WHERE id IN (
				SELECT id FROM river_job WHERE queue = $1 AND state = 'available' ORDER BY priority, scheduled_at, id LIMIT $2)`, "try", limit%16)
		if err != nil || updated != 0 {
			b.Fatal(updated, err)
		}
	}
}
