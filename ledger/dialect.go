package ledger

import (
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// dialect is what the SQL of the two stores does not share.
type dialect struct {
	folder string // of its migrations

	// lockRows is what a SELECT ends with that keeps others from changing the rows it returns, and
	// takeRows what one ends with that also passes over rows which others have locked.
	lockRows, takeRows string

	// inList is what follows a column that is to be in the JSON list that a placeholder stands for.
	inList func(placeholder string) string
	// list is that JSON list in a FROM, as a column named value.
	list func(placeholder string) string

	hasTable string // a query of whether there is a table $1

	latestRiver func() (int64, error) // the version of River's tables that this program makes
}

func sqliteDialect() dialect {
	return dialect{ // one writer at a time needs no locks on rows
		folder:   "sqlite",
		inList:   func(placeholder string) string { return `IN (SELECT value FROM json_each(` + placeholder + `))` },
		list:     func(placeholder string) string { return `json_each(` + placeholder + `)` },
		hasTable: `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)`,

		latestRiver: func() (int64, error) { return latestRiver(riversqlite.New(nil)) },
	}
}

func postgresDialect() dialect {
	return dialect{
		folder:   "postgres",
		lockRows: " FOR NO KEY UPDATE",
		takeRows: " FOR NO KEY UPDATE SKIP LOCKED",
		inList: func(placeholder string) string {
			return `IN (SELECT json_array_elements_text(` + placeholder + `::json))`
		},
		list: func(placeholder string) string {
			return `json_array_elements_text(` + placeholder + `::json) AS listed (value)`
		},
		hasTable: `SELECT to_regclass($1) IS NOT NULL`,

		latestRiver: func() (int64, error) { return latestRiver(riverpgxv5.New(nil)) },
	}
}
