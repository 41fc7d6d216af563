// Package store is what an SQLite file and a PostgreSQL database have in common as the store of a ledger:
// queries, transactions, migrations, and where the SQL of the two differs. It knows columns and jobs, and not
// what they mean. Begin with [Store]; the packages sqlite and postgres below this one implement it.
//
// SQL is written once, for both stores: placeholders are $1, $2, …, booleans are booleans, and moments are
// integers (see [Micros]). What the stores do not share is in a [Dialect], or behind the interfaces here.
package store

import (
	"context"
	"errors"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Querier is what a pool of connections and a transaction have in common. A row that is not there is
// [sql.ErrNoRows] on both stores.
type Querier interface {
	Exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	Query(ctx context.Context, query string, args ...any) (Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) Row
}

// Row is one row of an answer.
type Row interface {
	Scan(into ...any) error
}

// Rows are an answer, read row by row. Trouble with reading or closing them is told by Err.
type Rows interface {
	Row
	Next() bool
	Err() error
	Close()
}

// Tx is a transaction. The jobs that it inserts or completes are part of it.
type Tx interface {
	Querier
	InsertJobs(ctx context.Context, jobs []river.InsertManyParams) error
	// CompleteJob is for the worker that runs the job, with the context that it was given.
	CompleteJob(ctx context.Context, job *rivertype.JobRow) error
}

// ReadOnly is a store that is open for reading.
type ReadOnly interface {
	Reader() Querier
	Dialect() Dialect
	Close() error
}

// Guest is a store that others serve from, opened to change a row.
type Guest interface {
	ReadOnly
	// Write runs do in a transaction and commits it. An error of do rolls it back and is returned.
	Write(ctx context.Context, do func(in Querier) error) error
}

// Store is an open SQLite file or PostgreSQL database.
type Store interface {
	ReadOnly
	Writer() Querier
	// Alone reports whether nobody but this process writes to the store.
	Alone() bool

	// InTx runs do in a transaction and commits it. An error of do rolls it back and is returned.
	InTx(ctx context.Context, do func(tx Tx) error) error
	// AsyncTx is InTx for what follows from what is on disk, so that it can be done anew: its commit need not be flushed. A
	// power cut can take it back, and then it takes back whatever was committed after it.
	AsyncTx(ctx context.Context, do func(tx Tx) error) error
	// AcceptTx is InTx on a connection that is kept free for accepting. After an error that is
	// [ErrCommitUnknown] the transaction may be committed; after any other it is not.
	AcceptTx(ctx context.Context, do func(tx Tx) error) error
	// InsertRequests inserts those that are new, and returns the ids of these. Until the transaction ends, nobody else
	// can insert with one of the same locks. These are in order.
	InsertRequests(ctx context.Context, tx Tx, requests []NewRequest, locks []string) (map[string]bool, error)

	NewJobs(config *river.Config) (Jobs, error)
}

// Jobs is River on either store.
type Jobs interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

var (
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("ledger: not found")
	// ErrCommitUnknown says that a transaction may be committed or not.
	ErrCommitUnknown = errors.New("ledger: the answer to a commit was lost")
	// ErrOwned says that another process serves from a store that only one may.
	ErrOwned = errors.New("one process owns an SQLite file: stop the other one, or give this one a file of its own")
	// ErrMoved says that another replica changed what a transaction had decided by: decide again.
	ErrMoved = errors.New("ledger: changed by another replica meanwhile")
)

// SpentPrefix is what the id of an event begins with that stands for a spent delivery.
const SpentPrefix = "delivery-"

// SettingPaused is the name of the setting that says that removals are paused; "" says that they are not.
const SettingPaused = "removals_paused"

// AnyArgs stand for the arguments of a job, where it does not matter which they are.
type AnyArgs struct{}

// Kind implements [river.JobArgs].
func (AnyArgs) Kind() string { return "" }
