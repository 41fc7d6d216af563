package ledgertest

import (
	"database/sql"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the database driver "sqlite"
)

// ExecSQLite runs a statement in an SQLite ledger that nobody has open.
func ExecSQLite(t testing.TB, databaseURL, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(databaseURL, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
