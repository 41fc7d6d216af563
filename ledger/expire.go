package ledger

import (
	"context"
	"fmt"
	"time"
)

const (
	// expireBatchSize is small, so that accepting waits for one batch at the most.
	expireBatchSize = 200
	// expireRest lets others write between two batches.
	expireRest = 50 * time.Millisecond
)

// expire cancels, until ctx ends, the questions that nobody answered in time.
func (l *Ledger) expire(ctx context.Context) {
	look := time.NewTicker(sweepEvery)
	defer look.Stop()
	for {
		expired, err := l.expireQuestions(ctx)
		if err != nil && ctx.Err() == nil && !l.lost.takes(err.Error()) {
			l.log.WithError(err).Warn("questions could not be expired; trying again")
		}
		next := look.C
		if expired == expireBatchSize {
			next = time.After(expireRest)
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		}
	}
}

// expiredClauses spell the condition of the index requests_expiring as it does, or it is not used.
const expiredClauses = `WHERE state = 'asked' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`

// expireQuestions cancels a batch of what nobody answered in time, and returns how many. It looks before
// it takes the turn to write, since mostly there is nothing to do.
func (l *Ledger) expireQuestions(ctx context.Context) (int, error) {
	now := l.now()
	due, err := queryRequests(ctx, l.store.reader(), expiredClauses, micros(now), 1)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	var expired []Request
	err = l.store.inTx(ctx, func(tx tx) error {
		expired = nil
		ids, chosen, err := l.take(ctx, tx, expiredClauses, micros(now), expireBatchSize)
		if err != nil || len(ids) == 0 {
			return err
		}
		in := l.store.dialect().inList("$1")
		if _, err := tx.exec(ctx, `
			UPDATE requests SET state = 'cancelled', ended_at = $2, version = version + 1, news = news + 1
			WHERE id `+in, chosen, micros(now)); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `
			INSERT INTO history (request_id, at, state, cause, trace_id)
			SELECT id, ended_at, state, 'nobody answered the question', '' FROM requests WHERE id `+in, chosen); err != nil {
			return err
		}
		expired, err = queryRequests(ctx, tx, `WHERE id `+in, chosen)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("expire questions: %w", err)
	}
	l.tell(Asked, now, expired...)
	return len(expired), nil
}
