package postgres

import "linqbot/ledger/internal/store"

// InsertMany is the statement that inserts requests, with its arguments.
func InsertMany(requests []store.NewRequest) (statement string, args []any) {
	return insertMany, columnsOf(requests)
}
