package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Decide answers the question that a delivery waits for (state [Asked]): yes and its requests are
// carried on, no and they are cancelled. It returns the requests as they then stand, and how many of
// them this call decided; none when the question was answered before, or has expired. Whoever calls
// it has checked that the person may answer.
func (l *Ledger) Decide(ctx context.Context, delivery string, yes bool, cause string) ([]Request, int, error) {
	now := l.now()
	decided := 0
	var requests, changed []Request
	err := l.store.inTx(ctx, func(tx tx) error {
		state, endedAt, showBy := Accepted, int64(0), micros(now.Add(firstShow))
		if !yes {
			state, endedAt, showBy = Cancelled, micros(now), 0
		}
		ids, err := queryStrings(ctx, tx, `
			UPDATE requests SET state = $1, accepted_at = $2, ended_at = $3, handed_over = $4, show_by = $5,
				version = version + 1, news = news + 1
			WHERE delivery = $6 AND state = 'asked' AND expires_at > $7
			RETURNING id`, state, micros(now), endedAt, !yes, showBy, delivery, micros(now))
		if err != nil {
			return err
		}
		decided = len(ids)
		for _, id := range ids {
			if err := addHistory(ctx, tx, id, Event{At: now, State: state, Cause: cause}); err != nil {
				return err
			}
		}
		requests, err = queryRequests(ctx, tx, `WHERE delivery = $1 ORDER BY id`, delivery)
		changed = slices.DeleteFunc(slices.Clone(requests), func(r Request) bool { return !slices.Contains(ids, r.ID) })
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("decide: %w", err)
	}
	if len(requests) == 0 {
		return nil, 0, fmt.Errorf("decide: %w", ErrNotFound)
	}
	l.tell(Asked, now, changed...)
	if yes && decided > 0 {
		l.wakeDispatcher()
	}
	return requests, decided, nil
}

// UndoneBy returns the request that takes a removal back; [ErrNotFound] when nobody asked for that,
// or when it came to nothing.
func (l *Ledger) UndoneBy(ctx context.Context, removalID string) (Request, error) {
	return undoneBy(ctx, l.store.reader(), removalID)
}

// undoneByClauses spell the condition of the index requests_undoing as it does, or it is not used.
const undoneByClauses = `WHERE undoes <> '' AND undoes = $1 AND state NOT IN ('refused', 'failed', 'cancelled') ORDER BY id DESC`

func undoneBy(ctx context.Context, db querier, removalID string) (Request, error) {
	return queryRequest(ctx, db, undoneByClauses, removalID)
}

// markUndone marks the removals among requests that somebody takes back.
func markUndone(ctx context.Context, db querier, requests []Request) error {
	for i, r := range requests {
		if r.Kind != Remove || r.State != Removed {
			continue
		}
		_, err := undoneBy(ctx, db, r.ID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		requests[i].Undone = err == nil
	}
	return nil
}

// showSoon has a request shown anew: what is offered with it has changed.
func showSoon(ctx context.Context, tx tx, id string, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE requests SET news = news + 1, show_by = $1 WHERE id = $2`, micros(now), id)
	return err
}
