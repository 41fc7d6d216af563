package sqlite

import (
	"context"
	"database/sql"
	"errors"
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
	return openBeside(path, "_pragma=query_only(1)")
}

// guest is an SQLite file that somebody else may own.
type guest struct{ readOnly }

// OpenGuest opens the ledger at a path to change a row. The file's lock says who runs its jobs, and a guest
// runs none: the lock that SQLite itself takes for a transaction is enough.
func OpenGuest(path string) (store.Guest, error) {
	opened, err := openBeside(path, "_txlock=immediate")
	return guest{opened}, err
}

// Write implements [store.Guest].
func (g guest) Write(ctx context.Context, do func(in store.Querier) error) error {
	begun, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(querier{begun}); err != nil {
		return errors.Join(err, ignoreDone(begun.Rollback()))
	}
	return begun.Commit()
}

// openBeside opens the ledger at a path beside its owner.
func openBeside(path, option string) (readOnly, error) {
	resolved, err := dbfile.Resolve(path)
	if err != nil {
		return readOnly{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	there, err := dbfile.Check(resolved)
	if err != nil {
		return readOnly{}, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if !there {
		return readOnly{}, fmt.Errorf("DATABASE_URL: there is no ledger at %s: %w", dbfile.BothNames(path, resolved), fs.ErrNotExist)
	}
	return readOnly{openPool(connector{dsn: dataSource(resolved, flushed, option)})}, nil
}

func (r readOnly) Dialect() store.Dialect { return Dialect() }
func (r readOnly) Reader() store.Querier  { return querier{r.db} }
func (r readOnly) Close() error           { return r.db.Close() }
