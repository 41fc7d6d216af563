// Package storetest gives the tests of the packages below ledger open stores, rows to look among, and the
// plans by which a store looks. It knows tables and nothing of what their rows mean. Begin with [OnEach].
package storetest

import (
	"context"
	"strings"
	"testing"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres"
	"linqbot/ledger/internal/store/sqlite"
	"linqbot/ledger/ledgertest"
)

// OnEach runs a test on a new, empty store of each kind, which is closed when the test ends.
func OnEach(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) { test(t, Open(t, url)) })
}

// Open opens the store at url, and closes it when the test ends.
func Open(t testing.TB, url string) store.Store {
	t.Helper()
	s, err := open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(ctx context.Context, url string) (store.Store, error) {
	if path, isFile := strings.CutPrefix(url, "sqlite://"); isFile {
		return sqlite.Open(ctx, path)
	}
	return postgres.Open(ctx, url)
}

// IsPostgres tells the two kinds of stores apart.
func IsPostgres(s store.ReadOnly) bool { return s.Dialect().Migrations == "postgres" }

// Exec runs statements.
func Exec(t testing.TB, s store.Store, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := s.Writer().Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// Count returns how many rows a table has.
func Count(t testing.TB, s store.ReadOnly, table string) (rows int) {
	t.Helper()
	if err := s.Reader().QueryRow(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}
