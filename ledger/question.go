package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"linqbot/ledger/internal/store"
)

// Decide answers the question that a delivery waits for (state [Asked]): yes and its requests are
// carried on, no and they are cancelled. It returns the requests as they then stand, and how many of
// them this call decided; none when the question was answered before, or has expired. Whoever calls
// it has checked that the person may answer.
func (l *Ledger) Decide(ctx context.Context, delivery string, yes bool, cause string) ([]Request, int, error) {
	now := l.now()
	decided := 0
	var requests, changed []Request
	err := l.store.InTx(ctx, func(tx store.Tx) error {
		state, endedAt, showBy := Accepted, int64(0), store.Micros(now.Add(firstShow))
		if !yes {
			state, endedAt, showBy = Cancelled, store.Micros(now), 0
		}
		ids, err := store.Strings(ctx, tx, `
			UPDATE requests SET state = $1, accepted_at = $2, ended_at = $3, handed_over = $4, show_by = $5,
				version = version + 1, news = news + 1
			WHERE delivery = $6 AND state = 'asked' AND expires_at > $7
			RETURNING id`, state, store.Micros(now), endedAt, !yes, showBy, delivery, store.Micros(now))
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
		l.dispatcher.Wake()
	}
	return requests, decided, nil
}

// UndoneBy returns the request that takes a removal back; [ErrNotFound] when nobody asked for that,
// or when it came to nothing.
func (l *Ledger) UndoneBy(ctx context.Context, removalID string) (Request, error) {
	return undoneBy(ctx, l.store.Reader(), removalID)
}

// undoneByClauses repeat the condition of the index requests_undoing. Without it the index is not used.
const undoneByClauses = `WHERE undoes <> '' AND undoes = $1 AND state NOT IN ('refused', 'failed', 'cancelled') ORDER BY id DESC`

func undoneBy(ctx context.Context, db store.Querier, removalID string) (Request, error) {
	return queryRequest(ctx, db, undoneByClauses, removalID)
}

// markUndone marks the removals among requests that somebody takes back.
func markUndone(ctx context.Context, db store.Querier, requests []Request) error {
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
func showSoon(ctx context.Context, tx store.Tx, id string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE requests SET news = news + 1, show_by = $1 WHERE id = $2 AND batch_id = ''`, store.Micros(now), id)
	return err
}

const (
	expireEvery = 250 * time.Millisecond
	// expireAlone is for a store to which nobody else writes: by then each new question is seen, minutes before it expires.
	expireAlone = 5 * time.Second
	// expireBatchSize is small, so that accepting waits for one batch at the most.
	expireBatchSize = 200
	// expireRest lets others write between two batches.
	expireRest = 50 * time.Millisecond
)

// expire cancels, until ctx ends, the questions that nobody answered in time.
func (l *Ledger) expire(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		expired, next, err := l.expireQuestions(ctx)
		if err == nil {
			err = l.expireBatches(ctx)
		}
		if err == nil {
			err = l.lookAgain(ctx)
		}
		if err != nil && ctx.Err() == nil && !l.lost.Takes(err.Error()) {
			l.log.WithError(err).Warn("questions could not be expired; trying again")
		}
		pause := expireEvery
		switch {
		case expired == expireBatchSize:
			pause = expireRest
		case err == nil && expired == 0 && l.store.Alone():
			pause = expireAlone
			if !next.IsZero() {
				pause = max(0, min(pause, next.Sub(l.now())))
			}
		}
		timer.Reset(pause)
	}
}

// expiredClauses repeat the condition of the index requests_expiring. Without it the index is not used.
const expiredClauses = `WHERE state = 'asked' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`

const nextToExpire = `SELECT COALESCE(MIN(expires_at), 0) FROM requests WHERE state = 'asked'`

// expireQuestions cancels a batch of what nobody answered in time, and returns how many; if none has expired, also
// when the next one will. It looks before it waits for the right to write, since mostly there is nothing to do.
func (l *Ledger) expireQuestions(ctx context.Context) (count int, next time.Time, err error) {
	now := l.now()
	var earliest int64
	if err := l.store.Reader().QueryRow(ctx, nextToExpire).Scan(&earliest); err != nil {
		return 0, time.Time{}, fmt.Errorf("look for expired questions: %w", err)
	}
	if next = store.FromMicros(earliest); earliest == 0 || next.After(now) {
		return 0, next, nil
	}
	var expired []Request
	err = l.store.InTx(ctx, func(tx store.Tx) error {
		expired = nil
		ids, chosen, err := store.TakeRequests(ctx, tx, l.store.Dialect(), expiredClauses, store.Micros(now), expireBatchSize)
		if err != nil || len(ids) == 0 {
			return err
		}
		in := l.store.Dialect().InList("$1")
		if _, err := tx.Exec(ctx, `
			UPDATE requests SET state = 'cancelled', ended_at = $2, version = version + 1, news = news + 1
			WHERE id `+in, chosen, store.Micros(now)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO history (request_id, at, state, cause, trace_id)
			SELECT id, ended_at, state, 'nobody answered the question', '' FROM requests WHERE id `+in, chosen); err != nil {
			return err
		}
		expired, err = queryRequests(ctx, tx, `WHERE id `+in, chosen)
		return err
	})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("expire questions: %w", err)
	}
	l.tell(Asked, now, expired...)
	return len(expired), time.Time{}, nil
}
