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
)

func TestCheckURLOfAFile(t *testing.T) {
	t.Parallel()
	for url, says := range map[string]string{
		"sqlite://":                    "must be sqlite:// and the path of a file",
		"sqlite:/var/lib/x.db":         "must be sqlite:// and the path of a file",
		"/var/lib/x.db":                "must be sqlite:// and the path of a file",
		"sqlite:///var/x.db?mode=ro":   "must be sqlite:// and the path of a file",
		"sqlite://:memory:":            "keeps the ledger in memory",
		"sqlite:///:memory:":           "keeps the ledger in memory",
		"sqlite://file::memory:":       "keeps the ledger in memory",
		"sqlite://~/x.db":              "has a ~",
		"sqlite:///~/x.db":             "has a ~",
		"sqlite://~linqbot/x.db":       "has a ~",
		"sqlite://$HOME/x.db":          "has a $",
		"sqlite:///${STATE}/x.db":      "has a $",
		"sqlite:///var/lib/linqbot/":   "names a folder",
		"sqlite://.":                   "names a folder",
		"sqlite:///var/lib/linqbot/..": "names a folder",
	} {
		assert.ErrorContains(t, ledger.CheckURL(url), says, url)
	}
	for _, url := range []string{"sqlite://linqbot.db", "sqlite:///var/lib/x.db", "sqlite:////var/lib/x.db", "sqlite://./a~1/$x.db"} {
		assert.NilError(t, ledger.CheckURL(url), url)
	}
}

// Without its third slash an absolute path is a relative one, into folders that nobody meant.
func TestALostSlashIsRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	const url = "sqlite://var/lib/x.db"
	_, opened := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet()})
	_, migrated := ledger.Migrate(t.Context(), url)
	_, read := ledger.OpenReader(t.Context(), url)
	_, checked := ledger.CheckWritable(t.Context(), url)
	_, restored := ledger.Restore(t.Context(), url, "backup.db", time.Now())
	for how, err := range map[string]error{"open": opened, "migrate": migrated, "read": read, "check": checked, "restore": restored} {
		assert.ErrorContains(t, err, "write sqlite:///var/lib/x.db", how)
	}
	left, err := os.ReadDir(".")
	assert.NilError(t, err)
	assert.Equal(t, len(left), 0)
	assert.NilError(t, os.MkdirAll("var/lib", 0o700))
	_, err = ledger.CheckWritable(t.Context(), url)
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
