package takeover

import (
	"context"
	"errors"
	"fmt"

	"linqbot/ledger/internal/store"
)

// living are the processes whose locks are held in this database.
const living = `
	SELECT EXISTS (
		SELECT 1 FROM processes p JOIN pg_locks l ON l.objid = p.id::oid
		WHERE l.locktype = 'advisory' AND l.classid = $1::integer::oid AND l.objsubid = 2 AND l.granted AND p.gone_at IS NULL
			AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`

// IsServed reports whether a process runs the jobs of a database. One without a ledger is served by nobody.
func IsServed(ctx context.Context, in store.Querier) (served bool, err error) {
	var there bool
	if err := in.QueryRow(ctx, `SELECT to_regclass('processes') IS NOT NULL`).Scan(&there); err != nil || !there {
		return false, errors.Join(err)
	}
	if err := in.QueryRow(ctx, living, int32(lockClass)).Scan(&served); err != nil {
		return false, fmt.Errorf("look who serves: %w", err)
	}
	return served, nil
}
