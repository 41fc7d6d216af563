package ledger

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

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

// expireQuestions cancels a batch of what nobody answered in time, and returns how many; if none has expired, also
// when the next one will. It looks before it waits for the right to write, since mostly there is nothing to do.
func (l *Ledger) expireQuestions(ctx context.Context) (count int, next time.Time, err error) {
	now := l.now()
	next, err = requests.NextToExpire(ctx, l.store.Reader())
	if err != nil || next.IsZero() || next.After(now) {
		return 0, next, err
	}
	var expired []Request
	err = l.store.InTx(ctx, func(tx store.Tx) (err error) {
		expired, err = requests.Expire(ctx, tx, l.store.Dialect(), now, expireBatchSize)
		return err
	})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("expire questions: %w", err)
	}
	l.tell(Asked, now, expired...)
	return len(expired), time.Time{}, nil
}
