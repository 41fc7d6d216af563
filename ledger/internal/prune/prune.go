// Package prune deletes from the ledger what ended long ago. It knows every table that holds something about
// people, and what belongs together; it knows nothing of who asked for what. Begin with [Before].
package prune

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

const (
	// batchSize is small, so that accepting waits for one batch at the most.
	batchSize = 200
	// rest lets others write between two batches.
	rest = 50 * time.Millisecond
)

// Before deletes, batch by batch, what ended before a moment: requests with their history and where they
// showed, batches that have none of their requests left, runs of the workflow step, webhook events, denials, readings
// and turns of the switch. What has not ended stays, and with an open batch the requests that answer for it. It
// returns how many records are gone.
func Before(ctx context.Context, from store.Store, moment time.Time) (forgotten int64, err error) {
	for _, batch := range []func(context.Context, store.Store, int64) (int64, error){requests, batches, others} {
		for {
			gone, err := batch(ctx, from, store.Micros(moment))
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
			case <-time.After(rest):
			}
		}
	}
	return forgotten, nil
}

// endedRequests leaves alone those that answer for an item of an open batch, since they tell when the batch ends.
const endedRequests = `
	WHERE ended_at > 0 AND ended_at < $1 AND NOT EXISTS (
		SELECT 1 FROM batch_items i JOIN batches b ON b.id = i.batch_id
		WHERE i.request_id <> '' AND i.request_id = requests.id AND b.ended_at = 0)
	ORDER BY ended_at LIMIT $2`

// requests deletes a batch of requests with all that belongs to them.
func requests(ctx context.Context, from store.Store, before int64) (gone int64, err error) {
	err = from.InTx(ctx, func(tx store.Tx) error {
		ids, chosen, err := store.TakeRequests(ctx, tx, from.Dialect(), endedRequests, before, batchSize)
		if err != nil || len(ids) == 0 {
			return err
		}
		in := from.Dialect().InList("$1")
		for _, statement := range []string{
			`DELETE FROM history WHERE request_id ` + in,
			`DELETE FROM followers WHERE request_id ` + in,
			`DELETE FROM replies WHERE request_id ` + in,
			`DELETE FROM threads WHERE delivery IN (SELECT delivery FROM requests WHERE id ` + in + `)
				AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.delivery = threads.delivery AND NOT (r.id ` + in + `))`,
			`DELETE FROM requests WHERE id ` + in,
		} {
			if _, err := tx.Exec(ctx, statement, chosen); err != nil {
				return err
			}
		}
		gone = int64(len(ids))
		return nil
	})
	return gone, err
}

// batches deletes a batch, which may have thousands of items, with all that belongs to it.
func batches(ctx context.Context, from store.Store, before int64) (gone int64, err error) {
	err = from.InTx(ctx, func(tx store.Tx) error {
		gone = 0
		ids, err := store.Strings(ctx, tx, `
			SELECT id FROM batches WHERE ended_at > 0 AND ended_at < $1
				AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.batch_id <> '' AND r.batch_id = batches.id)
			ORDER BY ended_at LIMIT 1`, before)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, statement := range []string{
			`DELETE FROM batch_items WHERE batch_id = $1`,
			`DELETE FROM batch_history WHERE batch_id = $1`,
			`DELETE FROM batch_messages WHERE batch_id = $1`,
			`DELETE FROM threads WHERE delivery = $1`,
			`DELETE FROM batches WHERE id = $1`,
		} {
			if _, err := tx.Exec(ctx, statement, ids[0]); err != nil {
				return err
			}
		}
		gone = 1
		return nil
	})
	return gone, err
}

// others deletes a batch of each kind of record that stands alone.
func others(ctx context.Context, from store.Store, before int64) (gone int64, err error) {
	err = from.InTx(ctx, func(tx store.Tx) error {
		gone = 0
		for _, statement := range []string{
			`DELETE FROM executions WHERE id IN (SELECT id FROM executions WHERE done_at > 0 AND done_at < $1 LIMIT $2)`,
			`DELETE FROM sightings WHERE event_id IN (SELECT event_id FROM sightings WHERE taken_at < $1 LIMIT $2)`,
			`DELETE FROM denials WHERE id IN (SELECT id FROM denials WHERE at < $1 LIMIT $2)`,
			`DELETE FROM readings WHERE id IN (SELECT id FROM readings WHERE at < $1 LIMIT $2)`,
			`DELETE FROM switches WHERE id IN (SELECT id FROM switches WHERE at < $1 LIMIT $2)`,
		} {
			affected, err := tx.Exec(ctx, statement, before, batchSize)
			if err != nil {
				return err
			}
			gone += affected
		}
		return nil
	})
	return gone, err
}
