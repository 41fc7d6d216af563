package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Decide answers the question that a delivery waits for (state [Asked]): yes and its requests are
// carried on, no and they are cancelled. It returns the requests as they then stand, and how many of
// them this call decided; none when the question was answered before, or has expired. Whoever calls
// it has checked that the person may answer.
func (l *Ledger) Decide(ctx context.Context, delivery string, yes bool, cause string) ([]Request, int, error) {
	now := l.now()
	decided := 0
	var requests []Request
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		state, endedAt, showBy := Accepted, int64(0), micros(now.Add(firstShow))
		if !yes {
			state, endedAt, showBy = Cancelled, micros(now), 0
		}
		ids, err := queryStrings(ctx, tx, `
			UPDATE requests SET state = ?, accepted_at = ?, ended_at = ?, handed_over = ?, show_by = ?,
				version = version + 1, news = news + 1
			WHERE delivery = ? AND state = 'asked' AND expires_at > ?
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
		requests, err = queryRequests(ctx, tx, `WHERE delivery = ? ORDER BY rowid`, delivery)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("decide: %w", err)
	}
	if len(requests) == 0 {
		return nil, 0, fmt.Errorf("decide: %w", ErrNotFound)
	}
	if yes && decided > 0 {
		l.wakeDispatcher()
	}
	return requests, decided, nil
}

// expireQuestions cancels what nobody answered in time.
func (l *Ledger) expireQuestions(ctx context.Context) error {
	now := l.now()
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		ids, err := queryStrings(ctx, tx, `
			UPDATE requests SET state = 'cancelled', ended_at = ?, version = version + 1, news = news + 1
			WHERE state = 'asked' AND expires_at <= ? RETURNING id`, micros(now), micros(now))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := addHistory(ctx, tx, id, Event{At: now, State: Cancelled, Cause: "nobody answered the question"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("expire questions: %w", err)
	}
	return nil
}

// UndoneBy returns the request that takes a removal back; [ErrNotFound] when nobody asked for that,
// or when it came to nothing.
func (l *Ledger) UndoneBy(ctx context.Context, removalID string) (Request, error) {
	return undoneBy(ctx, l.read, removalID)
}

func undoneBy(ctx context.Context, db querier, removalID string) (Request, error) {
	return queryRequest(ctx, db,
		`WHERE undoes = ? AND state NOT IN ('refused', 'failed', 'cancelled') ORDER BY rowid DESC`, removalID)
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
func showSoon(ctx context.Context, tx *sql.Tx, id string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE requests SET news = news + 1, show_by = ? WHERE id = ?`, micros(now), id)
	return err
}
