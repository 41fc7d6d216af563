package ledger

import (
	"context"
	"database/sql"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the database driver "pgx"
	"github.com/pressly/goose/v3"
)

// MigrateTo makes a new store with our schema as it was in a version, for tests of an upgrade from it.
func MigrateTo(ctx context.Context, databaseURL string, version int64) (*sql.DB, error) {
	folder, driver, dialect, source := sqliteDialect().folder, "sqlite", goose.DialectSQLite3, "file:"+strings.TrimPrefix(databaseURL, sqliteScheme)
	if isPostgres(databaseURL) {
		folder, driver, dialect, source = postgresDialect().folder, "pgx", goose.DialectPostgres, databaseURL
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, err
	}
	provider, err := ourMigrations(folder, dialect, db)
	if err != nil {
		return nil, err
	}
	_, err = provider.UpTo(ctx, version)
	return db, err
}

// Exec runs a statement in a ledger's store, for what only a test does.
func (l *Ledger) Exec(ctx context.Context, statement string) error {
	_, err := l.store.writer().exec(ctx, statement)
	return err
}

// Count returns how many rows each of the tables has.
func (l *Ledger) Count(ctx context.Context, tables ...string) (map[string]int, error) {
	rows := make(map[string]int)
	for _, table := range tables {
		var n int
		if err := l.store.reader().queryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
			return nil, err
		}
		rows[table] = n
	}
	return rows, nil
}

// WriteLeftOut does what the writer of denials and readings does each minute.
func (l *Ledger) WriteLeftOut(ctx context.Context) { l.trail.writeRest(ctx, false) }

// Hold keeps denials from being written while do runs.
func (l *Ledger) Hold(ctx context.Context, do func()) error {
	return l.store.inTx(ctx, func(tx tx) error {
		if _, shared := l.store.(*postgres); shared {
			if _, err := tx.exec(ctx, `LOCK TABLE denials IN EXCLUSIVE MODE`); err != nil {
				return err
			}
		}
		do()
		return nil
	})
}

// LeftOut returns how many lines an outage has kept out of the log.
func (l *Ledger) LeftOut() int {
	l.lost.mu.Lock()
	defer l.lost.mu.Unlock()
	return l.lost.leftOut
}
