//go:build unix

package ledgertest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"linqbot/ledger/ledgertest"
)

// What was committed outlives a restart, and a crash; a session does not.
func TestAServerRestarts(t *testing.T) {
	t.Parallel()
	server := ledgertest.NewServer(t)
	before := connect(t, server.URL)
	if _, err := before.Exec(t.Context(), "CREATE TABLE kept (n INT); INSERT INTO kept VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []ledgertest.StopMode{ledgertest.Fast, ledgertest.Immediate} {
		if err := server.Restart(mode); err != nil {
			t.Fatal(err)
		}
		if err := before.Ping(t.Context()); err == nil {
			t.Error("a session outlived the restart")
		}
		before = connect(t, server.URL)
		var n int
		if err := before.QueryRow(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
	}
	if err := server.Stop(ledgertest.Fast); err != nil {
		t.Fatal(err)
	}
	if db, err := pgx.Connect(t.Context(), server.URL); err == nil {
		_ = db.Close(t.Context())
		t.Error("a stopped server takes connections")
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	return db
}
