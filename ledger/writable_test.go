package ledger_test

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/database"
	"linqbot/ledger/ledgertest"
)

func TestCheckWritable(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		there, err := database.CheckWritable(t.Context(), url)
		assert.NilError(t, err)
		assert.Assert(t, !there, "no ledger was made yet")
		if path, isFile := strings.CutPrefix(url, "sqlite://"); isFile {
			left, err := os.ReadDir(filepath.Dir(path))
			assert.NilError(t, err)
			assert.Equal(t, len(left), 0, "something was left behind: %v", left)
		}

		l := open(t, url)
		start(t, l, ledger.Workers{})
		there, err = database.CheckWritable(t.Context(), url) // beside the one who serves
		assert.NilError(t, err)
		assert.Assert(t, there)
		kept, err := l.Setting(t.Context(), "doctor")
		assert.NilError(t, err)
		assert.Equal(t, kept, "")
		_, err = l.Accept(t.Context(), []ledger.Order{order("d1", "ann@example.com")})
		assert.NilError(t, err)
	})
}

func TestCheckWritableOfAFileThatIsNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	assert.NilError(t, os.WriteFile(file, []byte("this is no database, but it is longer than a header of one is, by far, and then some more of it: "+strings.Repeat("x", 100)), 0o600))
	held := filepath.Join(dir, "held.db")
	open(t, "sqlite://"+held)
	db, err := sql.Open("sqlite", "file:"+held+"?_txlock=immediate")
	assert.NilError(t, err)
	defer db.Close()
	writing, err := db.Begin()
	assert.NilError(t, err)
	defer func() { _ = writing.Rollback() }()

	for name, test := range map[string]struct{ path, says string }{
		"a folder that is a file":     {filepath.Join(file, "ledger.db"), "folder"},
		"a file that is a folder":     {dir, "cannot be written"},
		"a file that is no database":  {file, "not a database"},
		"a file that another one has": {held, "locked"},
	} {
		_, err := database.CheckWritable(t.Context(), "sqlite://"+test.path)
		assert.ErrorContains(t, err, "DATABASE_URL", name)
		assert.ErrorContains(t, err, test.says, name)
	}
	there, err := database.CheckWritable(t.Context(), "sqlite://"+filepath.Join(dir, "a", "b", "ledger.db"))
	assert.NilError(t, err, "folders are made")
	assert.Assert(t, !there)
}

func TestCheckWritableOfADatabaseThatIsNot(t *testing.T) {
	t.Parallel()
	at := ledgertest.Postgres(t)
	open(t, at)
	db, err := pgx.Connect(t.Context(), at)
	assert.NilError(t, err)
	defer func() { _ = db.Close(t.Context()) }()
	_, err = db.Exec(t.Context(), `ALTER DATABASE `+strings.TrimPrefix(mustURL(t, at).Path, "/")+` SET default_transaction_read_only = on`)
	assert.NilError(t, err)
	there, err := database.CheckWritable(t.Context(), at)
	assert.ErrorContains(t, err, "cannot be written")
	assert.Assert(t, there)

	nowhere := mustURL(t, at)
	nowhere.Host = "127.0.0.1:1"
	nowhere.User = url.UserPassword("bot", "secret-password")
	_, err = database.CheckWritable(t.Context(), nowhere.String())
	assert.ErrorContains(t, err, "cannot be reached")
	assert.Assert(t, !strings.Contains(err.Error(), "secret-password"))
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	assert.NilError(t, err)
	return parsed
}
