package ledger_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/database"
)

func TestBadURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "linqbot.db", "sqlite://", "postgres://%", "mysql://x", "sqlite://a.db?x=1"} {
		if _, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet()}); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// Without its third slash an absolute path is a relative one, into folders that nobody meant.
func TestALostSlashIsRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	const url = "sqlite://var/lib/x.db"
	_, opened := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet()})
	_, migrated := database.Migrate(t.Context(), url)
	_, read := ledger.OpenReader(t.Context(), url)
	_, checked := database.CheckWritable(t.Context(), url)
	_, restored := database.Restore(t.Context(), url, "backup.db", time.Now())
	for how, err := range map[string]error{"open": opened, "migrate": migrated, "read": read, "check": checked, "restore": restored} {
		assert.ErrorContains(t, err, "write sqlite:///var/lib/x.db", how)
	}
	left, err := os.ReadDir(".")
	assert.NilError(t, err)
	assert.Equal(t, len(left), 0)
	assert.NilError(t, os.MkdirAll("var/lib", 0o700))
	_, err = database.CheckWritable(t.Context(), url)
	assert.NilError(t, err, "the folder is there, so it may be meant")
}

func TestAFolderIsNotMadeSilently(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "a", "b")
	var said bytes.Buffer
	logger := logrus.New()
	logger.SetOutput(&said)
	for range 2 {
		l, err := ledger.Open(t.Context(), ledger.Config{URL: "sqlite://" + filepath.Join(folder, "x.db"), Logger: logger})
		assert.NilError(t, err)
		assert.NilError(t, l.Close())
	}
	assert.Equal(t, strings.Count(said.String(), folder), 1, said.String())
}
