package database_test

import (
	"slices"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/database"
)

func TestPlaintextHosts(t *testing.T) {
	t.Parallel()
	for url, want := range map[string][]string{
		"sqlite://linqbot.db":                                             nil,
		"postgres://u:p@db.example/linqbot":                               {"db.example"},
		"postgres://u:p@db.example/linqbot?sslmode=prefer":                {"db.example"},
		"postgres://u:p@db.example/linqbot?sslmode=allow":                 {"db.example"},
		"postgresql://u:p@db.example:6432/linqbot?sslmode=disable":        {"db.example"},
		"postgres://u:p@10.0.0.5/linqbot":                                 {"10.0.0.5"},
		"postgres://u:p@db.example/linqbot?sslmode=require":               nil,
		"postgres://u:p@db.example/linqbot?sslmode=verify-full":           nil,
		"postgres://u:p@localhost/linqbot":                                nil,
		"postgres://u:p@127.0.0.1/linqbot?sslmode=disable":                nil,
		"postgres://u:p@[::1]/linqbot?sslmode=disable":                    nil,
		"postgres://u:p@/linqbot?host=/run/postgresql":                    nil,
		"postgres://u:p@localhost,db.example,b.example/linqbot":           {"db.example", "b.example"},
		"postgres://u:p@/linqbot?host=db.example&sslmode=disable":         {"db.example"},
		"postgres://u:p@localhost/linqbot?host=db.example&sslmode=prefer": {"db.example"},
		"postgres://%": nil,
	} {
		if got := database.PlaintextHosts(url); !slices.Equal(got, want) {
			t.Errorf("%s: %q", url, got)
		}
	}
}

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
		assert.ErrorContains(t, database.CheckURL(url), says, url)
	}
	for _, url := range []string{"sqlite://linqbot.db", "sqlite:///var/lib/x.db", "sqlite:////var/lib/x.db", "sqlite://./a~1/$x.db"} {
		assert.NilError(t, database.CheckURL(url), url)
	}
}

func TestIsPostgres(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"postgres://db/linqbot": true, "postgresql://db/linqbot": true,
		"sqlite://linqbot.db": false, "sqlite://postgres.db": false, "postgres.db": false,
	} {
		assert.Equal(t, database.IsPostgres(url), want, url)
	}
}
