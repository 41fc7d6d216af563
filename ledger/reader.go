package ledger

import (
	"context"

	"linqbot/ledger/database"
	"linqbot/ledger/internal/store"
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
	opened, err := database.OpenReadOnly(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	return &Reader{q: opened.Reader(), dialect: opened.Dialect(), close: opened.Close}, nil
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
