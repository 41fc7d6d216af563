package ledger_test

import (
	"slices"
	"strings"
	"testing"

	"linqbot/ledger"
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
		if got := ledger.PlaintextHosts(url); !slices.Equal(got, want) {
			t.Errorf("%s: %q", url, got)
		}
	}
}

func TestBadURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "linqbot.db", "sqlite://", "postgres://%", "mysql://x", "sqlite://a.db?x=1"} {
		if _, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet()}); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
