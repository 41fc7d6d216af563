//go:build unix

package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server of a test's own, which the test may stop and start again. The other
// tests share a server (see [Postgres]) that nobody restarts.
type Server struct {
	URL string // the DATABASE_URL of its one database

	programs string // the folder of initdb and postgres
	dir      string
	addr     string
	as       *syscall.Credential // the user that it runs as; nil for our own
	log      serverLog

	mu      sync.Mutex // guards those below: one start or stop at a time
	also    []string   // where it listens besides
	process *os.Process
	ended   chan struct{} // closed when the process has ended
}

// StopMode is how a server is stopped.
type StopMode syscall.Signal

// The modes of a stop, by PostgreSQL's own names.
const (
	Fast      = StopMode(syscall.SIGINT)  // every session is ended, and all is written down
	Immediate = StopMode(syscall.SIGQUIT) // as a crash is: the next start recovers
)

// NewServer starts a server with an empty database, for as long as the test runs. The test is skipped where [PostgresVariable]
// is not set, and fails where PostgreSQL is not installed.
func NewServer(t testing.TB) *Server {
	t.Helper()
	postgresWanted(t)
	programs := programsOfPostgres()
	if programs == "" {
		t.Fatal("needs initdb and postgres, on the PATH or in /usr/lib/postgresql/*/bin")
	}
	s := &Server{programs: programs}
	if err := s.create(); err != nil {
		t.Fatalf("PostgreSQL: %v", errors.Join(err, os.RemoveAll(s.dir)))
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Stop(Immediate), os.RemoveAll(s.dir)); err != nil {
			t.Errorf("PostgreSQL: %v", err)
		}
	})
	if err := s.Start(); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	return s
}

func programsOfPostgres() string {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // it fails for a bad pattern alone
	slices.Reverse(folders)                                  // the newest first, more or less
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if linked, err := filepath.EvalSymlinks(initdb); err == nil { // to where the other programs are
			initdb = linked
		}
		folders = append([]string{filepath.Dir(initdb)}, folders...)
	}
	for _, folder := range folders {
		_, noInit := os.Stat(filepath.Join(folder, "initdb"))
		_, noServer := os.Stat(filepath.Join(folder, "postgres"))
		if noInit == nil && noServer == nil {
			return folder
		}
	}
	return ""
}

// create makes the cluster.
func (s *Server) create() (err error) {
	if s.dir, s.as, err = folderForServer("linqbot-postgres-"); err != nil {
		return err
	}
	if s.addr, err = addrToKeep(); err != nil {
		return err
	}
	s.URL = serverURL(s.addr)
	made, err := s.command("initdb", "--pgdata", s.dir, "--auth", "trust", "--username", "postgres",
		"--encoding", "UTF8", "--locale", "C", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, made)
	}
	return nil
}

func serverURL(addr string) string {
	return "postgres://postgres@" + addr + "/postgres?sslmode=disable"
}

// folderForServer makes a folder, and returns the user as whom the server runs, which may not be root; nil for our own.
// The folder is not the test's own, which nobody but us can enter.
func folderForServer(name string) (dir string, as *syscall.Credential, err error) {
	if dir, err = os.MkdirTemp("", name); err != nil || os.Getuid() != 0 {
		return dir, nil, err
	}
	if as, err = nobody(); err != nil {
		return dir, nil, err
	}
	return dir, as, os.Chown(dir, int(as.Uid), int(as.Gid))
}

func nobody() (*syscall.Credential, error) {
	found, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// addrToKeep finds an address that nobody gets by chance while the server is down: it lies below
// the ports that systems give out by themselves.
func addrToKeep() (addr string, err error) {
	const lowest, count, tries = 15000, 15000, 20
	for range tries {
		addr = "127.0.0.1:" + strconv.Itoa(lowest+rand.IntN(count))
		var listener net.Listener
		if listener, err = net.Listen("tcp", addr); err == nil {
			return addr, listener.Close()
		}
	}
	return "", err
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), filepath.Join(s.programs, name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"TZ=UTC", "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true} // what interrupts a test does not stop it first
	return cmd
}

// Start starts a server that was stopped, and waits until it takes connections.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return err
	}
	cmd := s.command("postgres", "-D", s.dir, "-p", port, "-c", "listen_addresses="+strings.Join(append(s.also, host), ","),
		"-c", "unix_socket_directories=", "-c", "shared_buffers=32MB")
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	dieWithUs(cmd.SysProcAttr)
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// To the system the parent is a thread, and a child may be told to end with it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // the caller of Stop knows; a start that fails shows in the log
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process, s.ended = cmd.Process, ended
	return s.awaitConnections()
}

func (s *Server) awaitConnections() error {
	const patience, interval = time.Minute, 10 * time.Millisecond
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		db, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			return db.Close(ctx)
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended:\n%s", s.log.String())
		case <-ctx.Done():
			return fmt.Errorf("the server takes no connections: %w\n%s", err, s.log.String())
		case <-time.After(interval):
		}
	}
}

// Stop stops the server and waits for its end. Stopping one that has ended does nothing.
func (s *Server) Stop(mode StopMode) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	_ = s.process.Signal(syscall.Signal(mode)) // it may have ended
	const patience = 30 * time.Second
	select {
	case <-s.ended:
		s.process = nil
		return nil
	case <-time.After(patience):
	}
	_ = s.process.Kill() // the server's own processes notice, and end too
	<-s.ended
	s.process = nil
	return fmt.Errorf("the server had to be killed:\n%s", s.log.String())
}

// Restart stops the server and starts it again.
func (s *Server) Restart(mode StopMode) error {
	if err := s.Stop(mode); err != nil {
		return err
	}
	return s.Start()
}

// ListenAt has the server listen at another of this machine's addresses too, for other machines, and returns the
// DATABASE_URL for them. It starts the server anew.
func (s *Server) ListenAt(address string) (databaseURL string, err error) {
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		return "", err
	}
	rules, err := os.OpenFile(filepath.Join(s.dir, "pg_hba.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	_, written := rules.WriteString("host all all samenet trust\n")
	if err := errors.Join(written, rules.Close()); err != nil {
		return "", err
	}
	s.mu.Lock()
	s.also = append(s.also, address)
	s.mu.Unlock()
	return serverURL(net.JoinHostPort(address, port)), s.Restart(Fast)
}

// serverLog keeps the end of what the server said.
type serverLog struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (l *serverLog) Write(p []byte) (int, error) {
	const most = 32 << 10
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said.Len() > most {
		l.said.Reset()
	}
	return l.said.Write(p)
}

func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}
