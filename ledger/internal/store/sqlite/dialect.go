package sqlite

import (
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"linqbot/ledger/internal/store"
)

// Dialect returns what the SQL of this store has of its own. It has no locks on rows: there is one writer at a time.
func Dialect() store.Dialect {
	return store.Dialect{
		Migrations: "sqlite",
		InList:     func(placeholder string) string { return `IN (SELECT value FROM json_each(` + placeholder + `))` },
		List:       func(placeholder string) string { return `json_each(` + placeholder + `)` },
		HasTable:   `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)`,

		LatestRiver: func() (int64, error) { return store.LatestRiver(riversqlite.New(nil)) },
	}
}
