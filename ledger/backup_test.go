package ledger_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/database"
	"linqbot/ledger/ledgertest"
)

// sqliteAt opens a new ledger in a folder, and returns it with its URL.
func sqliteAt(t *testing.T, folder string) (*ledger.Ledger, string) {
	t.Helper()
	url := "sqlite://" + filepath.Join(folder, "ledger.db")
	return openURL(t, url), url
}

// names lists a folder.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	assert.NilError(t, err)
	var all []string
	for _, each := range entries {
		all = append(all, each.Name())
	}
	return strings.Join(all, " ")
}

// A backup is one file that holds all that was committed, while the ledger is open and written.
func TestBackupWhileServing(t *testing.T) {
	t.Parallel()
	folder, backups := t.TempDir(), t.TempDir()
	l, url := sqliteAt(t, folder)
	start(t, l, ledger.Workers{})
	accept(t, l, order("d1", "+14155550132"))
	file := filepath.Join(backups, "it's 100% #1?.db")
	made, err := database.Backup(t.Context(), url, file)
	assert.NilError(t, err)
	assert.Equal(t, made.Requests, int64(1))
	assert.Equal(t, names(t, backups), filepath.Base(file))
	info, err := os.Stat(file)
	assert.NilError(t, err)
	assert.Equal(t, info.Mode(), fs.FileMode(0o600))
	assert.Equal(t, info.Size(), made.Bytes)

	accept(t, l, order("d2", "+14155550133")) // it goes on
	_, err = database.Backup(t.Context(), url, file)
	assert.ErrorContains(t, err, "is there already")
	again, err := os.Stat(file)
	assert.NilError(t, err)
	assert.Equal(t, again.ModTime(), info.ModTime())
	stop(t, l)
	assert.NilError(t, l.Close())

	made, err = database.Backup(t.Context(), url, filepath.Join(backups, "second.db"))
	assert.NilError(t, err)
	assert.Equal(t, made.Requests, int64(2))
}

func TestBackupsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	l, url := sqliteAt(t, folder)
	in := func(name string) string { return filepath.Join(folder, name) }
	assert.NilError(t, l.Close())
	ledgertest.ExecSQLite(t, "sqlite://"+in("other.db"), `CREATE TABLE schema_migrations (version TEXT)`) // as other programs have it
	assert.NilError(t, os.WriteFile(in("text.db"), []byte(strings.Repeat("not a database ", 100)), 0o600))
	assert.NilError(t, os.WriteFile(in("running.db.partial"), nil, 0o600))
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	before := names(t, folder)
	for name, test := range map[string]struct {
		ctx             context.Context
		url, file, says string
	}{
		"no ledger":         {t.Context(), "sqlite://" + in("none.db"), in("backup.db"), "there is no ledger at"},
		"another program's": {t.Context(), "sqlite://" + in("other.db"), in("backup.db"), "no ledger of linqbot"},
		"a text":            {t.Context(), "sqlite://" + in("text.db"), in("backup.db"), "no ledger of linqbot"},
		"itself":            {t.Context(), url, in("ledger.db"), "is there already"},
		"no folder":         {t.Context(), url, in("none/backup.db"), "cannot be written"},
		"one that runs":     {t.Context(), url, in("running.db"), "running.db.partial is there already"},
		"stopped":           {stopped, url, in("backup.db"), "canceled"},
		"PostgreSQL":        {t.Context(), "postgres://bot:hunter2@db/linqbot", in("backup.db"), "PostgreSQL"},
	} {
		_, err := database.Backup(test.ctx, test.url, test.file)
		assert.ErrorContains(t, err, test.says, name)
		assert.Assert(t, !strings.Contains(err.Error(), "hunter2"), name)
	}
	assert.Equal(t, names(t, folder), before)
}

// A page that cannot be right is found before the copy is called a backup.
func TestADamagedLedgerIsNotBackedUp(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	l, url := sqliteAt(t, folder)
	for _, delivery := range []string{"d1", "d2", "d3"} {
		accept(t, l, order(delivery, "+1415555013"+delivery[1:]))
	}
	assert.NilError(t, l.Exec(t.Context(), `PRAGMA writable_schema = 1`))
	assert.NilError(t, l.Exec(t.Context(), `UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'history') WHERE name = 'requests_not_handed_over'`))
	assert.NilError(t, l.Close())
	before := names(t, folder)
	_, err := database.Backup(t.Context(), url, filepath.Join(folder, "backup.db"))
	assert.ErrorContains(t, err, "cannot be backed up")
	assert.Equal(t, names(t, folder), before)
}

func TestRestore(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	l, url := sqliteAt(t, folder)
	backup := filepath.Join(folder, "backup.db")
	accept(t, l, order("accepted", "+14155550131"))
	question := order("asked", "+14155550132")
	question.ConfirmFor = time.Hour
	accept(t, l, question)
	accept(t, l, order("ended", "+14155550133"))
	assert.NilError(t, l.Exec(t.Context(), `UPDATE requests SET state = 'removed', handed_over = TRUE WHERE delivery = 'ended'`))
	_, err := database.Backup(t.Context(), url, backup)
	assert.NilError(t, err)
	accept(t, l, order("later", "+14155550134"))
	now := time.Date(2026, 11, 26, 19, 30, 0, 0, time.UTC)

	_, err = database.Restore(t.Context(), url, backup, now)
	assert.ErrorContains(t, err, "another linqbot owns")
	assert.ErrorContains(t, err, "stop it first")
	assert.NilError(t, l.Close())

	done, err := database.Restore(t.Context(), url, backup, now)
	assert.NilError(t, err)
	assert.Equal(t, done.Open, int64(2))
	assert.Equal(t, done.Requests, int64(3))
	assert.Equal(t, done.Aside, filepath.Join(folder, "ledger.db.before-restore-20261126T193000Z"))
	assert.Equal(t, names(t, folder), "backup.db ledger.db ledger.db.before-restore-20261126T193000Z ledger.db.lock")

	l = openURL(t, url)
	tried := make(chan ledger.Request, 2)
	start(t, l, ledger.Workers{Try: func(ctx context.Context, id string) (time.Duration, error) {
		r, err := l.Request(ctx, id)
		tried <- r
		return 0, err
	}})
	for range 2 {
		r := <-tried
		assert.Equal(t, r.State, ledger.Accepted)
		assert.Equal(t, r.Reason, ledger.ReasonRestored)
		assert.Assert(t, r.MayHaveReached)
	}
	rows, err := l.Count(t.Context(), "requests")
	assert.NilError(t, err)
	assert.Equal(t, rows["requests"], 3)
	stop(t, l)
	assert.NilError(t, l.Close())

	old := openURL(t, "sqlite://"+done.Aside)
	rows, err = old.Count(t.Context(), "requests")
	assert.NilError(t, err)
	assert.Equal(t, rows["requests"], 4, "what was there before is kept")
	assert.NilError(t, old.Close())
}

// A ledger whose process was killed has its newest data beside it, and keeps it there.
func TestRestoreKeepsWhatAKillLeftBeside(t *testing.T) {
	t.Parallel()
	serving, folder := t.TempDir(), t.TempDir()
	l, url := sqliteAt(t, serving)
	backup := filepath.Join(folder, "backup.db")
	_, err := database.Backup(t.Context(), url, backup)
	assert.NilError(t, err)
	accept(t, l, order("d1", "+14155550132"))
	for _, ending := range []string{"", "-wal", "-shm"} { // as a kill leaves them
		content, err := os.ReadFile(filepath.Join(serving, "ledger.db"+ending))
		assert.NilError(t, err)
		assert.NilError(t, os.WriteFile(filepath.Join(folder, "ledger.db"+ending), content, 0o600)) //nolint:gosec // a folder of this test
	}
	assert.NilError(t, l.Close())
	done, err := database.Restore(t.Context(), "sqlite://"+filepath.Join(folder, "ledger.db"), backup, time.Now())
	assert.NilError(t, err)
	for path, want := range map[string]int{filepath.Join(folder, "ledger.db"): 0, done.Aside: 1} {
		l := openURL(t, "sqlite://"+path)
		rows, err := l.Count(t.Context(), "requests")
		assert.NilError(t, err)
		assert.Equal(t, rows["requests"], want, path)
		assert.NilError(t, l.Close())
	}
}

func TestRestoresThatAreRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	l, url := sqliteAt(t, folder)
	in := func(name string) string { return filepath.Join(folder, name) }
	_, err := database.Backup(t.Context(), url, in("newer.db"))
	assert.NilError(t, err)
	assert.NilError(t, l.Close())
	ledgertest.ExecSQLite(t, "sqlite://"+in("newer.db"), `INSERT INTO schema_migrations (version_id, is_applied) VALUES (999, TRUE)`)
	whole, err := os.ReadFile(in("ledger.db"))
	assert.NilError(t, err)
	assert.NilError(t, os.WriteFile(in("half.db"), whole[:len(whole)/2], 0o600)) //nolint:gosec // a folder of this test
	assert.NilError(t, os.WriteFile(in("empty.db"), nil, 0o600))
	assert.NilError(t, os.WriteFile(in("dump.sql"), []byte(strings.Repeat("-- PostgreSQL database dump\n", 100)), 0o600))
	assert.NilError(t, os.Mkdir(in("folder.db"), 0o700))
	assert.NilError(t, os.Symlink("ledger.db", in("link.db")))
	before := names(t, folder)
	for file, says := range map[string]string{
		"none.db":   "cannot be read",
		"folder.db": "is no file",
		"empty.db":  "it is empty",
		"dump.sql":  "no ledger of linqbot",
		"half.db":   "cannot be restored",
		"newer.db":  "a newer linqbot made this ledger",
		"ledger.db": "is the ledger that DATABASE_URL names",
		"link.db":   "is the ledger that DATABASE_URL names",
	} {
		_, err := database.Restore(t.Context(), url, in(file), time.Now())
		assert.ErrorContains(t, err, says, file)
	}
	_, err = database.Restore(t.Context(), "sqlite://"+in("new.db"), in("dump.sql"), time.Now())
	assert.ErrorContains(t, err, "no ledger of linqbot")
	assert.Equal(t, strings.ReplaceAll(names(t, folder), " new.db.lock", ""), before)
	after, err := os.ReadFile(in("ledger.db"))
	assert.NilError(t, err)
	assert.Assert(t, bytes.Equal(after, whole))
}

// The statement that the operator is given for PostgreSQL works there.
func TestMarkRestoredOnEachStore(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		l := open(t, url)
		id := accept(t, l, order("d1", "+14155550132"))[0].Request.ID
		assert.NilError(t, l.Exec(t.Context(), database.MarkRestored))
		r, err := l.Request(t.Context(), id)
		assert.NilError(t, err)
		assert.Equal(t, r.Reason, ledger.ReasonRestored)
		assert.Assert(t, r.MayHaveReached && r.State == ledger.Accepted)
	})
}

// Who restores twice within a second keeps what each time was there.
func TestRestoresInTheSameSecond(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	url, file := "sqlite://"+filepath.Join(folder, "ledger.db"), filepath.Join(folder, "backup.db")
	assert.NilError(t, openURL(t, url).Close())
	_, err := database.Backup(t.Context(), url, file)
	assert.NilError(t, err)
	at := time.Date(2026, 11, 26, 19, 30, 0, 0, time.UTC)
	for _, ending := range []string{"", "-2", "-3"} {
		before, err := os.Stat(filepath.Join(folder, "ledger.db"))
		assert.NilError(t, err)
		done, err := database.Restore(t.Context(), url, file, at)
		assert.NilError(t, err)
		assert.Equal(t, done.Aside, filepath.Join(folder, "ledger.db.before-restore-20261126T193000Z"+ending))
		kept, err := os.Stat(done.Aside)
		assert.NilError(t, err)
		assert.Assert(t, os.SameFile(before, kept), ending)
	}
	assert.NilError(t, openURL(t, url).Close())
}
