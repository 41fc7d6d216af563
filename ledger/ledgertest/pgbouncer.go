//go:build unix

package ledgertest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// NewPgBouncer starts a PgBouncer before a server, for as long as the test runs, and returns the DATABASE_URL through
// it. mode is its pool_mode; more are lines of its section [pgbouncer]. Where PgBouncer is not installed the test is
// skipped, or fails if [PostgresVariable] says that PostgreSQL is to be tested.
//
// It is not put before the server that tests share: once that has as many connections as it takes, PgBouncer waits for
// 15 seconds before it asks again.
func NewPgBouncer(t testing.TB, server *Server, mode string, more ...string) string {
	t.Helper()
	program := programOfPgBouncer()
	if program == "" {
		const missing = "needs pgbouncer, on the PATH or in /usr/sbin"
		if os.Getenv(PostgresVariable) != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	addr, err := addrToKeep()
	if err != nil {
		t.Fatal(err)
	}
	dir, as, err := folderForServer("linqbot-pgbouncer-")
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(addr)
	serverHost, serverPort, _ := net.SplitHostPort(server.addr)
	var ini bytes.Buffer
	fmt.Fprintf(&ini, "[databases]\n* = host=%s port=%s user=postgres", serverHost, serverPort)
	fmt.Fprintf(&ini, "\n[pgbouncer]\nlisten_addr = %s\nlisten_port = %s\nunix_socket_dir =\nauth_type = any\npool_mode = %s\n", host, port, mode)
	for _, line := range more {
		fmt.Fprintln(&ini, line)
	}
	config := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(config, ini.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	var log serverLog
	cmd := exec.CommandContext(context.Background(), program, config)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("PgBouncer said:\n%s", log.String())
		}
	})
	at := serverURL(addr)
	awaitPooler(t, at, &log)
	return at
}

func awaitPooler(t testing.TB, at string, log *serverLog) {
	t.Helper()
	const patience, interval = 30 * time.Second, 10 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		db, err := pgx.Connect(ctx, at)
		if err == nil {
			_ = db.Close(ctx)
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("PgBouncer takes no connections: %v\n%s", err, log.String())
		case <-time.After(interval):
		}
	}
}

func programOfPgBouncer() string {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	return ""
}
