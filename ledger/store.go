package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/riverqueue/river"
)

// The SQL of this package is written once, for both stores: placeholders are $1, $2, …, booleans are
// booleans, and moments are integers. What the stores do not share is in a [dialect], or behind these interfaces.

// querier is what a pool and a transaction have in common. A row that is not there is
// [sql.ErrNoRows] on both stores.
type querier interface {
	exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	query(ctx context.Context, query string, args ...any) (rows, error)
	queryRow(ctx context.Context, query string, args ...any) row
}

type row interface {
	Scan(into ...any) error
}

type rows interface {
	row
	Next() bool
	Err() error
	Close()
}

// tx is a transaction. The jobs that it inserts or completes are part of it.
type tx interface {
	querier
	insertJobs(ctx context.Context, jobs []river.InsertManyParams) error
	completeShow(ctx context.Context, job *river.Job[showArgs]) error
}

// store is an SQLite file or a PostgreSQL database.
type store interface {
	reader() querier
	writer() querier
	dialect() dialect

	// inTx runs do in a transaction and commits it; an error of do rolls it back and is returned.
	inTx(ctx context.Context, do func(tx tx) error) error
	// acceptTx is inTx on a connection that is kept free for accepting. An error that is
	// errCommitUnknown leaves open whether the transaction is committed; any other says it is not.
	acceptTx(ctx context.Context, do func(tx tx) error) error
	// insertRequests inserts those that are new, and returns the ids of these.
	insertRequests(ctx context.Context, tx tx, entries []entry) (map[string]bool, error)

	newJobs(config *river.Config) (jobs, error)
	close() error
}

// jobs is River on either store.
type jobs interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
}

var (
	errCommitUnknown = errors.New("ledger: the answer to a commit was lost")
	// errMoved says that another replica changed what a transaction had decided by: decide again.
	errMoved = errors.New("ledger: changed by another replica meanwhile")
)

const (
	sqliteScheme     = "sqlite://"
	postgresScheme   = "postgres://"
	postgresqlScheme = "postgresql://"
)

// CheckURL says what is wrong with a DATABASE_URL, as the rest of a sentence that begins with its name;
// nil if it can be opened, as far as its spelling goes. It quotes nothing: the URL may hold a password.
func CheckURL(databaseURL string) error {
	if isPostgres(databaseURL) {
		_, err := postgresConfig(databaseURL)
		return err
	}
	path, ok := strings.CutPrefix(databaseURL, sqliteScheme)
	if !ok {
		path = "" // its error says what a URL looks like
	}
	return checkSQLiteURL(path)
}

func isPostgres(databaseURL string) bool {
	return strings.HasPrefix(databaseURL, postgresScheme) || strings.HasPrefix(databaseURL, postgresqlScheme)
}

// StoreName returns the name of the database system that a DATABASE_URL leads to.
func StoreName(databaseURL string) string {
	if isPostgres(databaseURL) {
		return "PostgreSQL"
	}
	return "SQLite"
}

// openStore opens what the URL names, and brings its schema up to date. The folder of a file is there:
// [MakeFolder] makes it.
func openStore(ctx context.Context, databaseURL string) (store, error) {
	if err := CheckURL(databaseURL); err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	if isPostgres(databaseURL) {
		opened, err := openPostgres(ctx, databaseURL)
		if err != nil {
			return nil, advised(err)
		}
		return opened, nil
	}
	path := strings.TrimPrefix(databaseURL, sqliteScheme)
	if err := checkFolderOf(path); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	opened, err := openSQLite(ctx, path)
	if err != nil {
		return nil, advised(err)
	}
	return opened, nil
}
