package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linqbot/ledger"
)

func TestOneOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openURL(t, "sqlite://"+path)
	_, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + path, Logger: quiet()})
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("a second owner: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := openURL(t, "sqlite://"+path).Close(); err != nil {
		t.Error(err)
	}
}

// A copy of the file of a linqbot that was stopped holds everything.
func TestAClosedFileIsWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openURL(t, "sqlite://"+path)
	start(t, l, ledger.Workers{})
	accept(t, l, order("d1", "+14155550132"))
	stop(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, beside := range []string{path + "-wal", path + "-shm"} {
		if _, err := os.Stat(beside); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", beside, err)
		}
	}
}

// What a dead process left behind: a row that was acknowledged and never handed over, and a job
// that was running.
func TestAnotherProcessCarriesOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openURL(t, "sqlite://"+path)
	running := make(chan string, 1)
	hang := make(chan struct{})
	start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
		running <- id
		<-hang
		return 0, ctx.Err()
	}})
	caught := accept(t, l, order("d1", "+14155550132"))[0].Request
	<-running
	copied := copyAsACrashWould(t, path)
	close(hang)

	next := openURL(t, "sqlite://"+copied)
	t.Cleanup(func() { _ = next.Close() })
	left, err := next.Accept(t.Context(), []ledger.Order{order("d2", "bob@example.com")})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 10)
	start(t, next, ledger.Workers{Try: func(_ context.Context, id string) (time.Duration, error) {
		seen <- id
		return 0, nil
	}})
	got := make(map[string]bool)
	rescue := time.After(15 * time.Second) // River's own rescue of a job comes later than that
	for range 2 {
		select {
		case id := <-seen:
			got[id] = true
		case <-rescue:
			t.Fatalf("only %v were carried on", got)
		}
	}
	if !got[caught.ID] || !got[left[0].Request.ID] {
		t.Errorf("carried on %v", got)
	}
	stop(t, next)
}

// copyAsACrashWould copies the file through SQLite, in the state that a kill leaves.
func copyAsACrashWould(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	copied := filepath.Join(t.TempDir(), "copy.db")
	if _, err := db.ExecContext(t.Context(), `VACUUM INTO ?`, copied); err != nil {
		t.Fatal(err)
	}
	return copied
}

// A ledger that does not answer must not record later what it refused.
func TestALockedStoreRecordsNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openURL(t, "sqlite://"+path)
	t.Cleanup(func() { _ = l.Close() })
	start(t, l, ledger.Workers{})

	blocker, err := sql.Open("sqlite", "file:"+path+"?_txlock=exclusive&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer blocker.Close()
	tx, err := blocker.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2200*time.Millisecond)
	defer cancel()
	if err := l.Ready(ctx); err == nil {
		t.Error("ready although nothing can be written")
	}
	ctx, cancel = context.WithTimeout(t.Context(), 2200*time.Millisecond)
	defer cancel()
	_, err = l.Accept(ctx, []ledger.Order{order("d1", "+14155550132")})
	if !errors.Is(err, ledger.ErrNotRecorded) {
		t.Fatalf("accepted on a locked store: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	await(t, "the store to answer again", func() bool { return l.Ready(t.Context()) == nil })
	if got := accept(t, l, order("d1", "+14155550132"))[0]; got.Outcome != ledger.Recorded {
		t.Errorf("what was refused was recorded after all: %+v", got)
	}
}

func TestStopHandsBackWhatRuns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openURL(t, "sqlite://"+path)
	running := make(chan struct{}, 1)
	start(t, l, ledger.Workers{Try: func(ctx context.Context, _ string) (time.Duration, error) {
		running <- struct{}{}
		<-ctx.Done()
		return 0, ctx.Err()
	}})
	accept(t, l, order("d1", "+14155550132"))
	<-running
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := l.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := l.Ready(t.Context()); err == nil {
		t.Error("ready after it stopped")
	}
	accept(t, l, order("d2", "bob@example.com")) // what still arrives is recorded
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	next := openURL(t, "sqlite://"+path)
	t.Cleanup(func() { _ = next.Close() })
	seen := make(chan string, 4)
	start(t, next, ledger.Workers{Try: func(_ context.Context, id string) (time.Duration, error) {
		seen <- id
		return 0, nil
	}})
	if a, b := <-seen, <-seen; a == b {
		t.Errorf("%s ran twice", a)
	}
	stop(t, next)
}
