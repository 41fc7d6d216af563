package sqlite

import (
	"database/sql"
	"fmt"
	"io/fs"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/sqlite/dbfile"
)

// readOnly is an SQLite file that somebody else may write.
type readOnly struct {
	db *sql.DB
}

// OpenReader opens the ledger at a path for reading. It takes no lock and changes nothing.
func OpenReader(path string) (store.ReadOnly, error) {
	resolved, err := dbfile.Resolve(path)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	there, err := dbfile.Check(resolved)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if !there {
		return nil, fmt.Errorf("DATABASE_URL: there is no ledger at %s: %w", dbfile.BothNames(path, resolved), fs.ErrNotExist)
	}
	return readOnly{openPool(connector{dsn: dataSource(resolved, "_pragma=query_only(1)")})}, nil
}

func (r readOnly) Dialect() store.Dialect { return Dialect() }
func (r readOnly) Reader() store.Querier  { return querier{r.db} }
func (r readOnly) Close() error           { return r.db.Close() }
