package ledger

import (
	"context"
	"errors"
	"fmt"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres"
	"linqbot/ledger/internal/store/sqlite"
)

// Reader reads a ledger beside whoever writes it: it takes no lock, changes nothing, and does not
// bring the schema up to date.
type Reader struct {
	q       store.Querier
	dialect store.Dialect
	close   func() error
}

// OpenReader opens what the URL names for reading. A ledger that is not there is an error.
func OpenReader(ctx context.Context, databaseURL string) (*Reader, error) {
	if err := CheckURL(databaseURL); err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	opened, err := openReadOnly(ctx, databaseURL)
	if err != nil {
		return nil, advised(err)
	}
	r := &Reader{q: opened.Reader(), dialect: opened.Dialect(), close: opened.Close}
	if err := r.checkSchema(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func openReadOnly(ctx context.Context, databaseURL string) (store.ReadOnly, error) {
	if isPostgres(databaseURL) {
		return postgres.OpenReader(ctx, databaseURL)
	}
	if err := sqlite.CheckFolder(sqlitePath(databaseURL)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return sqlite.OpenReader(sqlitePath(databaseURL))
}

// Reader returns a reader of an open ledger; it is closed with the ledger.
func (l *Ledger) Reader() *Reader {
	return &Reader{q: l.store.Reader(), dialect: l.store.Dialect(), close: func() error { return nil }}
}

// Close lets go of the store.
func (r *Reader) Close() error { return r.close() }

// SchemaVersion returns the version of the ledger's schema.
func (r *Reader) SchemaVersion(ctx context.Context) (int64, error) {
	return store.SchemaVersion(ctx, r.q)
}

func (r *Reader) checkSchema(ctx context.Context) error {
	var there bool
	if err := r.q.QueryRow(ctx, r.dialect.HasTable, store.VersionTable).Scan(&there); err != nil {
		return fmt.Errorf("DATABASE_URL: what it names cannot be read: %w", err)
	}
	if !there {
		return errors.New("DATABASE_URL: what it names is no ledger yet: start linqbot serve once, or run linqbot migrate")
	}
	if err := store.RefuseNewer(ctx, r.q, r.dialect); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	has, err := r.SchemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	latest, err := store.LatestVersion(r.dialect)
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	if has < latest {
		return fmt.Errorf("DATABASE_URL: the ledger's schema is at version %d, and this program needs %d: start linqbot serve of this version, or run linqbot migrate", has, latest)
	}
	return nil
}
