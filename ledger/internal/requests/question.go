package requests

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"linqbot/ledger/internal/store"
)

// Decide answers the question that a delivery waits for (state [Asked]). It returns the requests of the delivery as they
// then stand, and those of them that it decided.
func Decide(ctx context.Context, tx store.Querier, d store.Dialect, delivery string, yes bool, cause string, now time.Time) (all, decided []Request, err error) {
	state, endedAt, showBy := Accepted, int64(0), store.Micros(now.Add(FirstShow))
	if !yes {
		state, endedAt, showBy = Cancelled, store.Micros(now), 0
	}
	if _, err := LockDelivery(ctx, tx, d, delivery); err != nil {
		return nil, nil, err
	}
	ids, err := store.Strings(ctx, tx, `
		UPDATE requests SET state = $1, accepted_at = $2, ended_at = $3, handed_over = $4, show_by = $5,
			version = version + 1, news = news + 1
		WHERE delivery = $6 AND state = 'asked' AND expires_at > $7
		RETURNING id`, state, store.Micros(now), endedAt, !yes, showBy, delivery, store.Micros(now))
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		if err := AddHistory(ctx, tx, id, Event{At: now, State: state, Cause: cause}); err != nil {
			return nil, nil, err
		}
	}
	all, err = ofDelivery(ctx, tx, delivery)
	decided = slices.DeleteFunc(slices.Clone(all), func(r Request) bool { return !slices.Contains(ids, r.ID) })
	return all, decided, err
}

// expiredClauses repeat the condition of the index requests_expiring. Without it the index is not used.
const expiredClauses = `WHERE state = 'asked' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`

const nextToExpire = `SELECT COALESCE(MIN(expires_at), 0) FROM requests WHERE state = 'asked'`

// NextToExpire returns when the next question expires; the zero time when none is open.
func NextToExpire(ctx context.Context, db store.Querier) (time.Time, error) {
	var earliest int64
	if err := db.QueryRow(ctx, nextToExpire).Scan(&earliest); err != nil {
		return time.Time{}, fmt.Errorf("look for expired questions: %w", err)
	}
	return store.FromMicros(earliest), nil
}

// Expire cancels the questions that nobody answered in time, not more than most, and returns them.
func Expire(ctx context.Context, tx store.Tx, d store.Dialect, now time.Time, most int) ([]Request, error) {
	ids, chosen, err := store.TakeRequests(ctx, tx, d, expiredClauses, store.Micros(now), most)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	in := d.InList("$1")
	if _, err := tx.Exec(ctx, `
		UPDATE requests SET state = 'cancelled', ended_at = $2, version = version + 1, news = news + 1
		WHERE id `+in, chosen, store.Micros(now)); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO history (request_id, at, state, cause, trace_id)
		SELECT id, ended_at, state, 'nobody answered the question', '' FROM requests WHERE id `+in, chosen); err != nil {
		return nil, err
	}
	return Query(ctx, tx, `WHERE id `+in, chosen)
}

// undoneByClauses repeat the condition of the index requests_undoing. Without it the index is not used.
const undoneByClauses = `WHERE undoes <> '' AND undoes = $1 AND state NOT IN ('refused', 'failed', 'cancelled') ORDER BY id DESC`

// UndoneBy returns the request that takes a removal back; [store.ErrNotFound] when nobody asked for that,
// or when it came to nothing.
func UndoneBy(ctx context.Context, db store.Querier, removalID string) (Request, error) {
	return queryOne(ctx, db, undoneByClauses, removalID)
}

// markUndone marks the removals among requests that somebody takes back.
func markUndone(ctx context.Context, db store.Querier, requests []Request) error {
	for i, r := range requests {
		if r.Kind != Remove || r.State != Removed {
			continue
		}
		_, err := UndoneBy(ctx, db, r.ID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		requests[i].Undone = err == nil
	}
	return nil
}
