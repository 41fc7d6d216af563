package ledger

import (
	"context"
	"fmt"
	"time"
)

const (
	pruneEvery = time.Hour
	// pruneBatchSize is small, so that accepting waits for one batch at the most.
	pruneBatchSize = 200
	// pruneRest lets others write between two batches.
	pruneRest = 50 * time.Millisecond
)

// prune forgets, until ctx ends, what ended longer ago than the retention.
func (l *Ledger) prune(ctx context.Context) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		if forgotten, err := l.Prune(ctx, l.now().Add(-l.keep)); err != nil && ctx.Err() == nil {
			l.log.WithError(err).Warn("old records could not be deleted; trying again in an hour")
		} else if forgotten > 0 {
			l.log.WithField("records", forgotten).Info("old records deleted")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Prune deletes, batch by batch, what ended before a moment: requests with their history and
// where they showed, runs of the workflow step, webhook events, denials and readings. What has not ended
// stays. It returns how many records are gone.
func (l *Ledger) Prune(ctx context.Context, before time.Time) (forgotten int64, err error) {
	for _, batch := range []func(context.Context, int64) (int64, error){l.pruneRequests, l.pruneOthers} {
		for {
			gone, err := batch(ctx, micros(before))
			if err != nil {
				return forgotten, fmt.Errorf("prune: %w", err)
			}
			if gone == 0 {
				break
			}
			forgotten += gone
			select {
			case <-ctx.Done():
				return forgotten, ctx.Err()
			case <-time.After(pruneRest):
			}
		}
	}
	return forgotten, nil
}

func (l *Ledger) pruneRequests(ctx context.Context, before int64) (gone int64, err error) {
	err = l.store.inTx(ctx, func(tx tx) error {
		ids, chosen, err := l.take(ctx, tx, `WHERE ended_at > 0 AND ended_at < $1 ORDER BY ended_at LIMIT $2`, before, pruneBatchSize)
		if err != nil || len(ids) == 0 {
			return err
		}
		in := l.store.dialect().inList("$1")
		for _, statement := range []string{
			`DELETE FROM history WHERE request_id ` + in,
			`DELETE FROM followers WHERE request_id ` + in,
			`DELETE FROM replies WHERE request_id ` + in,
			`DELETE FROM threads WHERE delivery IN (SELECT delivery FROM requests WHERE id ` + in + `)
				AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.delivery = threads.delivery AND NOT (r.id ` + in + `))`,
			`DELETE FROM requests WHERE id ` + in,
		} {
			if _, err := tx.exec(ctx, statement, chosen); err != nil {
				return err
			}
		}
		gone = int64(len(ids))
		return nil
	})
	return gone, err
}

// pruneOthers deletes a batch of each kind of record that stands alone.
func (l *Ledger) pruneOthers(ctx context.Context, before int64) (gone int64, err error) {
	err = l.store.inTx(ctx, func(tx tx) error {
		gone = 0
		for _, statement := range []string{
			`DELETE FROM executions WHERE id IN (SELECT id FROM executions WHERE done_at > 0 AND done_at < $1 LIMIT $2)`,
			`DELETE FROM sightings WHERE event_id IN (SELECT event_id FROM sightings WHERE taken_at < $1 LIMIT $2)`,
			`DELETE FROM denials WHERE id IN (SELECT id FROM denials WHERE at < $1 LIMIT $2)`,
			`DELETE FROM readings WHERE id IN (SELECT id FROM readings WHERE at < $1 LIMIT $2)`,
		} {
			affected, err := tx.exec(ctx, statement, before, pruneBatchSize)
			if err != nil {
				return err
			}
			gone += affected
		}
		return nil
	})
	return gone, err
}
