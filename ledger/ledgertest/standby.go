//go:build unix

package ledgertest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// NewStandby starts a server that follows another one, for as long as the test runs.
func NewStandby(t testing.TB, of *Server) *Server {
	t.Helper()
	s := &Server{programs: of.programs}
	t.Cleanup(func() {
		if err := errors.Join(s.Stop(Immediate), os.RemoveAll(s.dir)); err != nil {
			t.Errorf("PostgreSQL: %v", err)
		}
	})
	if err := s.copyOf(of); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	if err := s.Follow(of); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	return s
}

func (s *Server) copyOf(of *Server) (err error) {
	var folder string
	if folder, s.as, err = folderForServer("linqbot-postgres-"); err != nil {
		return err
	}
	s.dir = folder
	if s.addr, err = addrToKeep(); err != nil {
		return err
	}
	s.URL = serverURL(s.addr)
	host, port, err := net.SplitHostPort(of.addr)
	if err != nil {
		return err
	}
	copied, err := s.command("pg_basebackup", "--pgdata", s.dir, "--host", host, "--port", port, "--username", "postgres",
		"--checkpoint", "fast", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("pg_basebackup: %w\n%s", err, copied)
	}
	return nil
}

// Follow starts a stopped server as a standby of another one.
func (s *Server) Follow(other *Server) error {
	host, port, err := net.SplitHostPort(other.addr)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"standby.signal":       "",
		"postgresql.auto.conf": fmt.Sprintf("primary_conninfo = 'host=%s port=%s user=postgres'\n", host, port),
	} {
		path := filepath.Join(s.dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
		if s.as != nil {
			if err := os.Chown(path, int(s.as.Uid), int(s.as.Gid)); err != nil {
				return err
			}
		}
	}
	return s.Start()
}

// Promote makes a standby the primary, and waits until it is.
func (s *Server) Promote() error {
	said, err := s.command("pg_ctl", "--pgdata", s.dir, "--wait", "promote").CombinedOutput()
	if err != nil {
		return fmt.Errorf("promote: %w\n%s", err, said)
	}
	return nil
}
