package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Reader reads a ledger beside whoever writes it: it takes no lock, changes nothing, and does not
// bring the schema up to date.
type Reader struct {
	q       querier
	dialect dialect
	close   func() error
}

// OpenReader opens what the URL names for reading. A ledger that is not there is an error.
func OpenReader(ctx context.Context, databaseURL string) (*Reader, error) {
	if err := CheckURL(databaseURL); err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	open := openSQLiteReader
	if isPostgres(databaseURL) {
		open = openPostgresReader
	}
	r, err := open(ctx, databaseURL)
	if err != nil {
		return nil, advised(err)
	}
	if err := r.checkSchema(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// Reader returns a reader of an open ledger; it is closed with the ledger.
func (l *Ledger) Reader() *Reader {
	return &Reader{q: l.store.reader(), dialect: l.store.dialect(), close: func() error { return nil }}
}

// Close lets go of the store.
func (r *Reader) Close() error { return r.close() }

func openSQLiteReader(_ context.Context, databaseURL string) (*Reader, error) {
	named := strings.TrimPrefix(databaseURL, sqliteScheme)
	if err := checkFolderOf(named); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	path, err := resolveFile(named)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	there, err := checkFile(path)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if !there {
		return nil, fmt.Errorf("DATABASE_URL: there is no ledger at %s: %w", bothNames(named, path), fs.ErrNotExist)
	}
	db := openSQLitePool(connector{dsn: sqliteDSN(path, "_pragma=query_only(1)")})
	return &Reader{q: sqlQuerier{db}, dialect: sqliteDialect(), close: db.Close}, nil
}

func openPostgresReader(ctx context.Context, databaseURL string) (*Reader, error) {
	config, err := postgresConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL %w", err)
	}
	config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	config.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	r := &Reader{q: pgQuerier{pool}, dialect: postgresDialect(), close: func() error { closePools(pool); return nil }}
	if err := pool.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("DATABASE_URL: the database cannot be reached: %w", err), r.Close())
	}
	return r, nil
}

// SchemaVersion returns the version of the ledger's schema, and the one that this program brings it to.
func (r *Reader) SchemaVersion(ctx context.Context) (has, latest int64, err error) {
	if has, err = schemaVersion(ctx, r.q); err != nil {
		return 0, 0, err
	}
	if latest, err = latestVersion(r.dialect); err != nil {
		return 0, 0, err
	}
	return has, latest, nil
}

func (r *Reader) checkSchema(ctx context.Context) error {
	var there bool
	if err := r.q.queryRow(ctx, r.dialect.hasTable, versionTable).Scan(&there); err != nil {
		return fmt.Errorf("DATABASE_URL: what it names cannot be read: %w", err)
	}
	if !there {
		return errors.New("DATABASE_URL: what it names is no ledger yet: start linqbot serve once, or run linqbot migrate")
	}
	if err := refuseNewer(ctx, r.q, r.dialect); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	has, latest, err := r.SchemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	if has < latest {
		return fmt.Errorf("DATABASE_URL: the ledger's schema is at version %d, and this program needs %d: start linqbot serve of this version, or run linqbot migrate", has, latest)
	}
	return nil
}
