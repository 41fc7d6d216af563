package ledger

import (
	"context"
	"fmt"

	"linqbot/ledger/database"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// Reader reads a ledger beside whoever writes it: it takes no lock, changes nothing, and does not
// bring the schema up to date. The packages audit and backlog ask it for more.
type Reader struct {
	from  store.ReadOnly
	close func() error
}

// OpenReader opens what the URL names for reading. A ledger that is not there is an error.
func OpenReader(ctx context.Context, databaseURL string) (*Reader, error) {
	opened, err := database.OpenReadOnly(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	return &Reader{from: opened, close: opened.Close}, nil
}

// Reader returns a reader of an open ledger; it is closed with the ledger.
func (l *Ledger) Reader() *Reader {
	return &Reader{from: l.store, close: func() error { return nil }}
}

// Close lets go of the store.
func (r *Reader) Close() error { return r.close() }

// SchemaVersion returns the version of the ledger's schema.
func (r *Reader) SchemaVersion(ctx context.Context) (int64, error) {
	return store.SchemaVersion(ctx, r.from.Reader())
}

// Store returns what it reads from, for the packages below ledger that have statements of their own.
func (r *Reader) Store() store.ReadOnly { return r.from }

// Requests returns the first of the requests that where chooses, for the packages below ledger.
func (r *Reader) Requests(ctx context.Context, where *store.Where, orderBy string, limit int) ([]Request, error) {
	return requests.Query(ctx, r.from.Reader(), fmt.Sprintf("%s ORDER BY %s LIMIT %d", where, orderBy, limit), where.Args...)
}

// Lookup returns the requests whose id, or whose short id, begins with part, or whose id ends with it; the
// oldest first, and not more than most. part is of hexadecimal digits and hyphens.
func (r *Reader) Lookup(ctx context.Context, part string, most int) ([]Request, error) {
	return requests.Lookup(ctx, r.from.Reader(), part, most)
}

// Batch returns a batch as it stands; [ErrNotFound] when there is none.
func (r *Reader) Batch(ctx context.Context, id string) (Batch, error) {
	return loadBatch(ctx, r.from.Reader(), `WHERE id = $1`, id)
}

// LookupBatches is [Reader.Lookup] for batches.
func (r *Reader) LookupBatches(ctx context.Context, part string, most int) ([]Batch, error) {
	ids, err := store.Strings(ctx, r.from.Reader(), `SELECT id FROM batches `+store.LookupClauses(most), part+"%", "%"+part)
	if err != nil {
		return nil, fmt.Errorf("load batches: %w", err)
	}
	found := make([]Batch, len(ids))
	for i, id := range ids {
		if found[i], err = r.Batch(ctx, id); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Threads returns where each delivery shows; one that shows nowhere has the zero Thread with its name.
func (r *Reader) Threads(ctx context.Context, deliveries []string) (map[string]Thread, error) {
	return requests.LoadThreads(ctx, r.from.Reader(), r.from.Dialect(), deliveries)
}
