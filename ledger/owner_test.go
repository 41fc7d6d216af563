package ledger_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/ledger/database"
)

// Whatever a file is called, it is one file, and SQLite keeps its newest data beside it.
func TestOneOwnerByAnyName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	assert.NilError(t, os.Mkdir(filepath.Join(dir, "data"), 0o700))
	assert.NilError(t, os.Symlink("data", filepath.Join(dir, "folder")))
	assert.NilError(t, os.Symlink("data/ledger.db", filepath.Join(dir, "link.db"))) // leads nowhere yet
	assert.NilError(t, os.Symlink("link.db", filepath.Join(dir, "link of a link.db")))
	here, err := os.Getwd()
	assert.NilError(t, err)
	relative, err := filepath.Rel(here, filepath.Join(dir, "data", "ledger.db"))
	assert.NilError(t, err)

	l := openURL(t, "sqlite://"+filepath.Join(dir, "link.db"))
	start(t, l, ledger.Workers{})
	accept(t, l, order("d1", "+14155550132"))
	_, err = os.Stat(filepath.Join(dir, "data", "ledger.db-wal"))
	assert.NilError(t, err)
	for name, path := range map[string]string{
		"the same link":      filepath.Join(dir, "link.db"),
		"the file":           filepath.Join(dir, "data", "ledger.db"),
		"a link to the link": filepath.Join(dir, "link of a link.db"),
		"a link to a folder": filepath.Join(dir, "folder", "ledger.db"),
		"dots":               filepath.Join(dir, "data") + "/../folder/./ledger.db",
		"a relative path":    relative,
	} {
		_, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + path, Logger: quiet()})
		assert.ErrorContains(t, err, "DATABASE_URL: another linqbot owns "+path, name)
		there, err := database.CheckWritable(t.Context(), "sqlite://"+path)
		assert.Assert(t, there && err == nil, "%s: %v", name, err)
		reader, err := ledger.OpenReader(t.Context(), "sqlite://"+path)
		assert.NilError(t, err, name)
		summary, err := backlog.Summarize(t.Context(), reader)
		assert.NilError(t, err, name)
		assert.Equal(t, summary.Open, 1, name)
		assert.NilError(t, reader.Close(), name)
	}
	stop(t, l)
	assert.NilError(t, l.Close())
	assert.NilError(t, openURL(t, "sqlite://"+relative).Close())
}

// SQLite would keep the newest data beside each name of a file, and miss what is beside the other.
func TestAFileWithTwoNamesIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := filepath.Join(dir, "ledger.db"), filepath.Join(dir, "other", "second.db")
	l := openURL(t, "sqlite://"+first)
	assert.NilError(t, os.Mkdir(filepath.Dir(second), 0o700))
	assert.NilError(t, os.Link(first, second))
	for _, path := range []string{first, second} {
		_, err := database.CheckWritable(t.Context(), "sqlite://"+path)
		assert.ErrorContains(t, err, "DATABASE_URL")
		assert.ErrorContains(t, err, "remove the other names")
		_, err = ledger.OpenReader(t.Context(), "sqlite://"+path)
		assert.ErrorContains(t, err, "remove the other names")
	}
	_, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + second, Logger: quiet()})
	assert.ErrorContains(t, err, "DATABASE_URL")
	assert.ErrorContains(t, err, "remove the other names")
	assert.NilError(t, l.Close())
	_, err = ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + first, Logger: quiet()})
	assert.ErrorContains(t, err, "remove the other names")
	assert.NilError(t, os.Remove(second))
	assert.NilError(t, openURL(t, "sqlite://"+first).Close())
}

func TestLinksThatLeadNowhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lost, loop := filepath.Join(dir, "lost.db"), filepath.Join(dir, "loop.db")
	assert.NilError(t, os.Symlink("not-mounted/ledger.db", lost))
	assert.NilError(t, os.Symlink("loop.db", loop))
	folder := filepath.Join(dir, "folder.db")
	assert.NilError(t, os.Symlink(".", folder))
	for path, says := range map[string]string{lost: "a folder that cannot be opened", loop: "too many", folder: "no file"} {
		_, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + path, Logger: quiet()})
		assert.ErrorContains(t, err, "DATABASE_URL")
		assert.ErrorContains(t, err, says)
		_, err = database.CheckWritable(t.Context(), "sqlite://"+path)
		assert.ErrorContains(t, err, says)
		_, err = ledger.OpenReader(t.Context(), "sqlite://"+path)
		assert.ErrorContains(t, err, says)
	}
	left, err := os.ReadDir(dir)
	assert.NilError(t, err)
	for _, each := range left {
		assert.Assert(t, each.Type()&fs.ModeSymlink != 0, "%s was made", each.Name())
	}
}
