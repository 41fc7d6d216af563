// Package database is what DATABASE_URL names: whether it is spelled right, which of the two stores it leads to, how
// that is opened, brought up to date, checked, backed up and restored, and what to do when it fails. It knows the
// stores and nothing of what a ledger does with them. Begin with [Open].
package database

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/store/postgres"
	"linqbot/ledger/internal/store/postgres/connect"
	"linqbot/ledger/internal/store/sqlite"
	"linqbot/ledger/internal/store/sqlite/dbfile"
)

const (
	sqliteScheme     = "sqlite://"
	postgresScheme   = "postgres://"
	postgresqlScheme = "postgresql://"
)

// CheckURL says what is wrong with the spelling of a DATABASE_URL, as the rest of a sentence that begins with its
// name. It quotes nothing: the URL may hold a password.
func CheckURL(databaseURL string) error {
	if IsPostgres(databaseURL) {
		return connect.CheckURL(databaseURL)
	}
	path, ok := strings.CutPrefix(databaseURL, sqliteScheme)
	if !ok {
		path = "" // its error says what a URL looks like
	}
	return dbfile.CheckPath(path)
}

// StoreName returns the name of the database system that a DATABASE_URL leads to.
func StoreName(databaseURL string) string {
	if IsPostgres(databaseURL) {
		return "PostgreSQL"
	}
	return "SQLite"
}

// MakeFolder makes the folder of the SQLite file that a DATABASE_URL names, for its owner alone, and returns
// its path; "" if it was there, or if the URL names no file.
func MakeFolder(databaseURL string) (made string, err error) {
	if err := CheckURL(databaseURL); err != nil {
		return "", fmt.Errorf("DATABASE_URL %w", err)
	}
	if IsPostgres(databaseURL) {
		return "", nil
	}
	made, err = dbfile.MakeFolder(sqlitePath(databaseURL))
	return made, Advised(err)
}

// IsPostgres reports whether a DATABASE_URL names a PostgreSQL database, and no SQLite file.
func IsPostgres(databaseURL string) bool {
	return strings.HasPrefix(databaseURL, postgresScheme) || strings.HasPrefix(databaseURL, postgresqlScheme)
}

func sqlitePath(databaseURL string) string { return strings.TrimPrefix(databaseURL, sqliteScheme) }

// Open opens what the URL names, and brings its schema up to date. The folder of a file is there:
// [MakeFolder] makes it.
func Open(ctx context.Context, databaseURL string) (store.Store, error) {
	if err := CheckURL(databaseURL); err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	if IsPostgres(databaseURL) {
		opened, err := postgres.Open(ctx, databaseURL)
		if err != nil {
			return nil, Advised(err)
		}
		return opened, nil
	}
	if err := dbfile.CheckFolder(sqlitePath(databaseURL)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	opened, err := sqlite.Open(ctx, sqlitePath(databaseURL))
	if err != nil {
		return nil, Advised(err)
	}
	return opened, nil
}

// OpenGuest opens what the URL names to change a few rows, also beside those who serve from it. It refuses what holds no
// ledger, and a schema that is not this program's.
func OpenGuest(ctx context.Context, databaseURL string) (store.Guest, error) {
	if err := CheckURL(databaseURL); err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	opened, err := openGuest(ctx, databaseURL)
	if err != nil {
		return nil, Advised(err)
	}
	if err := checkSchema(ctx, opened); err != nil {
		return nil, errors.Join(Advised(err), opened.Close())
	}
	return opened, nil
}

func openGuest(ctx context.Context, databaseURL string) (store.Guest, error) {
	if IsPostgres(databaseURL) {
		return postgres.OpenGuest(ctx, databaseURL)
	}
	if err := dbfile.CheckFolder(sqlitePath(databaseURL)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return sqlite.OpenGuest(sqlitePath(databaseURL))
}

// IsServed reports whether a process runs the jobs of the PostgreSQL database that the URL names. For an SQLite file it
// returns false: opening the file tells, by [ErrOwned].
func IsServed(ctx context.Context, databaseURL string) (bool, error) {
	if err := CheckURL(databaseURL); err != nil {
		return false, fmt.Errorf("DATABASE_URL %w", err)
	}
	if !IsPostgres(databaseURL) {
		return false, nil
	}
	served, err := postgres.IsServed(ctx, databaseURL)
	return served, Advised(err)
}

// ErrOwned says that another process serves from an SQLite file.
var ErrOwned = store.ErrOwned

// Migrate brings the schema of what the URL names up to date, and returns its version.
func Migrate(ctx context.Context, databaseURL string) (version int64, err error) {
	opened, err := Open(ctx, databaseURL)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return store.SchemaVersion(ctx, opened.Reader())
}

// CheckWritable says why the ledger that the URL names cannot be written. It may run beside a linqbot that serves from
// it: it holds no lock for longer than a moment, and leaves nothing behind. there is false if no ledger has been made
// there yet; then err says why none can be made.
func CheckWritable(ctx context.Context, databaseURL string) (there bool, err error) {
	if err := CheckURL(databaseURL); err != nil {
		return false, fmt.Errorf("DATABASE_URL %w", err)
	}
	check, place := sqlite.CheckWritable, sqlitePath(databaseURL)
	if IsPostgres(databaseURL) {
		check, place = postgres.CheckWritable, databaseURL
	} else if err := dbfile.CheckFolder(place); err != nil {
		return false, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if there, err = check(ctx, place); err != nil {
		return there, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return there, nil
}

// PlaintextHosts returns the other machines to which a DATABASE_URL may lead without TLS.
func PlaintextHosts(databaseURL string) []string {
	if !IsPostgres(databaseURL) {
		return nil
	}
	return connect.PlaintextHosts(databaseURL)
}

// Advice says what to do about an error with which a ledger could not be opened, read or written; "" if the
// error says all there is.
func Advice(err error) string {
	if errors.Is(err, store.ErrNewerSchema) {
		return "run the newer linqbot that made it, or go back to a backup from before the upgrade"
	}
	if advice, ok := postgres.Advice(err); ok {
		return advice
	}
	return sqlite.Advice(err)
}

// Advised adds what to do to an error. nil stays nil.
func Advised(err error) error {
	if err == nil {
		return nil
	}
	if advice := Advice(err); advice != "" {
		return &advisedError{err, advice}
	}
	return err
}

// advisedError is an error with what to do about it.
type advisedError struct {
	error
	advice string
}

func (e *advisedError) Error() string { return e.error.Error() + "; " + e.advice }
func (e *advisedError) Unwrap() error { return e.error }

// Unadvised returns an error without what [Advised] added, for where [Advice] stands beside it.
func Unadvised(err error) error {
	if advised, ok := errors.AsType[*advisedError](err); ok {
		return advised.error
	}
	return err
}
