package ledger

import (
	"context"
	"errors"
	"fmt"

	"linqbot/ledger/database"
	"linqbot/ledger/internal/batches"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// Reader reads a ledger beside the process that writes it: it takes no lock, changes nothing, and
// does not bring the schema up to date. The packages audit and backlog ask it for more.
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
	return batches.Load(ctx, r.from.Reader(), id)
}

// LookupBatches is [Reader.Lookup] for batches.
func (r *Reader) LookupBatches(ctx context.Context, part string, most int) ([]Batch, error) {
	return batches.Lookup(ctx, r.from.Reader(), part, most)
}

// Threads returns where each delivery shows; one that shows nowhere has the zero Thread with its name.
func (r *Reader) Threads(ctx context.Context, deliveries []string) (map[string]Thread, error) {
	return requests.LoadThreads(ctx, r.from.Reader(), r.from.Dialect(), deliveries)
}

// RequestsNamed returns the requests with this id or short id, the newest first, and not more than most. A short id
// is looked for among the newest 100,000; [Reader.Lookup] looks among all.
func (r *Reader) RequestsNamed(ctx context.Context, id string, most int) ([]Request, error) {
	return requests.Named(ctx, r.from.Reader(), id, most)
}

// BatchNamed returns the newest batch with this id or short id; [ErrNotFound] when there is none.
func (r *Reader) BatchNamed(ctx context.Context, id string) (Batch, error) {
	return batches.Named(ctx, r.from.Reader(), id)
}

// History returns what happened to a request, oldest first, and not more than most.
func (r *Reader) History(ctx context.Context, requestID string, most int) ([]Event, error) {
	return requests.History(ctx, r.from.Reader(), requestID, most)
}

// Followers returns those who asked for what was under way, oldest first, and not more than most.
func (r *Reader) Followers(ctx context.Context, requestID string, most int) ([]Follower, error) {
	return requests.FollowersOf(ctx, r.from.Reader(), requestID, most)
}

// UndoneBy returns the id of the request that takes a removal back; "" when there is none.
func (r *Reader) UndoneBy(ctx context.Context, requestID string) (string, error) {
	undo, err := requests.UndoneBy(ctx, r.from.Reader(), requestID)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return undo.ID, err
}

// NewestBatches returns the newest batches, and not more than most.
func (r *Reader) NewestBatches(ctx context.Context, most int) ([]Batch, error) {
	return batches.Newest(ctx, r.from.Reader(), most)
}

// Progress counts the items of a batch by state.
func (r *Reader) Progress(ctx context.Context, batchID string) (Progress, error) {
	return batches.CountItems(ctx, r.from.Reader(), batchID)
}

// BatchHistory returns what happened to a batch, oldest first, and not more than most.
func (r *Reader) BatchHistory(ctx context.Context, batchID string, most int) ([]BatchEvent, error) {
	return batches.History(ctx, r.from.Reader(), batchID, most)
}

// BatchItems returns items of a batch in their order, after a position, and not more than limit.
func (r *Reader) BatchItems(ctx context.Context, batchID string, after, limit int) ([]BatchResult, error) {
	return batches.Items(ctx, r.from.Reader(), batchID, after, limit)
}
