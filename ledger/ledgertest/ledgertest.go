// Package ledgertest gives tests the stores that a ledger can be kept in: an SQLite file or a PostgreSQL database
// of their own, a server of their own that can be stopped, a standby, a pooler, and a proxy that can be cut. It knows
// nothing of what a ledger keeps. Begin with [OnEachStore].
package ledgertest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresVariable names the variable that holds the URL of a PostgreSQL database whose role may
// create databases. Where it is set and that database cannot be reached, tests fail.
const PostgresVariable = "LINQBOT_TEST_POSTGRES"

// OnEachStore runs a test on a new, empty store of each kind; url is its DATABASE_URL.
func OnEachStore(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite returns the DATABASE_URL of a file that is not there yet.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite://" + filepath.Join(t.TempDir(), "ledger.db")
}

// Postgres returns the DATABASE_URL of a new, empty database, which is dropped when the test ends.
// Without a server the test is skipped.
func Postgres(t testing.TB) string {
	t.Helper()
	server := postgresWanted(t)
	at, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s is no URL", PostgresVariable)
	}
	name := "linqbot_test_" + strings.ToLower(rand.Text())
	run(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	at.Path = "/" + name
	return at.String()
}

// postgresWanted returns what [PostgresVariable] holds. The test is skipped where PostgreSQL is not to be tested.
func postgresWanted(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresVariable)
	if server == "" {
		t.Skip("needs PostgreSQL: set " + PostgresVariable + " to the URL of a database whose role may create databases")
	}
	return server
}

func run(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	db, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("%s: %v", PostgresVariable, err)
	}
	defer func() { _ = db.Close(ctx) }()
	if _, err := db.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %s: %v", PostgresVariable, statement, err)
	}
}
