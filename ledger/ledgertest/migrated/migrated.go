// Package migrated gives tests an SQLite file that has the schema and nothing else. Making it anew would take most of the
// time of a short test. It knows the stores, whose own tests import ledgertest, so it is a package of its own. Begin with
// [SQLite].
package migrated

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"linqbot/ledger/database"
	"linqbot/ledger/ledgertest"
)

// file holds the bytes of such a file.
//
//nolint:gochecknoglobals // made once for all tests of a process
var file = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "linqbot")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // the system tidies up what is left
	path := filepath.Join(dir, "ledger.db")
	if _, err := database.Migrate(context.Background(), "sqlite://"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLite returns the DATABASE_URL of a new file.
func SQLite(t testing.TB) string {
	t.Helper()
	url := ledgertest.SQLite(t)
	Prepare(t, url)
	return url
}

// Prepare makes the file that a DATABASE_URL names. It does nothing where there is a file already, where its folder is
// missing, and for PostgreSQL.
func Prepare(t testing.TB, url string) {
	t.Helper()
	path, isFile := strings.CutPrefix(url, "sqlite://")
	if !isFile {
		return
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return
	}
	schema, err := file()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, schema, 0o600); err != nil {
		t.Fatal(err)
	}
}
