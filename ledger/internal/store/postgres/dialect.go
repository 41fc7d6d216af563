package postgres

import (
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"linqbot/ledger/internal/store"
)

func dialect() store.Dialect {
	return store.Dialect{
		Migrations: "postgres",
		LockRows:   " FOR NO KEY UPDATE",
		TakeRows:   " FOR NO KEY UPDATE SKIP LOCKED",
		LockNamed:  `SELECT COUNT(pg_advisory_xact_lock(hashtextextended(name, 0))) FROM json_array_elements_text($1::json) AS wanted (name)`,
		InList: func(placeholder string) string {
			return `IN (SELECT json_array_elements_text(` + placeholder + `::json))`
		},
		List: func(placeholder string) string {
			return `json_array_elements_text(` + placeholder + `::json) AS listed (value)`
		},
		HasTable: `SELECT to_regclass($1) IS NOT NULL`,

		LatestRiver: func() (int64, error) { return store.LatestRiver(riverpgxv5.New(nil)) },
	}
}
