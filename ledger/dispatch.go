package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
)

const (
	// handOverBatch is small, so that accepting waits for one batch at the most.
	handOverBatch = 64
	// enoughForRiver keeps the workers busy until the next sweep.
	enoughForRiver = 64
	// sweepEvery finds what is due to be shown, and what a crash left between accepting and handing over.
	sweepEvery = 250 * time.Millisecond
)

// dispatch hands accepted requests to River until ctx ends: at once when a commit wakes it, and in
// a sweep.
func (l *Ledger) dispatch(ctx context.Context) {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		full, err := l.sweep(ctx)
		switch {
		case err == nil:
			l.lookWhetherOver(ctx)
		case ctx.Err() == nil && !l.lost.takes(err.Error()):
			l.log.WithError(err).Warn("requests could not be handed over; trying again")
		}
		woken := l.handOver
		if full { // there is no room for what is accepted now
			woken = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-sweep.C:
		}
	}
}

// sweep looks before it takes the one turn to write, since mostly there is nothing to do. It ends when
// there is nothing left, or when other replicas have it. It reports whether accepted requests have to
// wait for room in River.
func (l *Ledger) sweep(ctx context.Context) (full bool, err error) {
	for ctx.Err() == nil {
		var accepted, unshown bool
		err := l.store.reader().queryRow(ctx, `
			SELECT EXISTS (SELECT 1 FROM requests WHERE NOT handed_over),
				EXISTS (SELECT 1 FROM requests WHERE show_by > 0 AND show_by <= $1)`,
			micros(l.now())).Scan(&accepted, &unshown)
		if err != nil {
			return false, fmt.Errorf("sweep: %w", err)
		}
		waits := accepted
		if accepted, err = l.hasRoom(ctx, queueTry, accepted); err != nil {
			return false, err
		}
		if unshown, err = l.hasRoom(ctx, queueShow, unshown); err != nil {
			return false, err
		}
		taken := 0
		for _, part := range []struct {
			due  bool
			take func(context.Context) (int, error)
		}{{accepted, l.handOverBatch}, {unshown, l.showBatch}} {
			if !part.due {
				continue
			}
			n, err := part.take(ctx)
			if err != nil {
				return false, err
			}
			taken += n
		}
		if taken == 0 {
			return waits && !accepted, nil
		}
	}
	return false, ctx.Err()
}

// hasRoom reports whether a queue of River's is to be given what waits for it. A backlog waits in our
// rows, where it costs nothing; in River it would compete with accepting for the one writer.
func (l *Ledger) hasRoom(ctx context.Context, queue string, waits bool) (bool, error) {
	if !waits {
		return false, nil
	}
	var available int
	err := l.store.reader().queryRow(ctx, `
		SELECT COUNT(*) FROM (SELECT 1 FROM river_job WHERE state = 'available' AND queue = $1 LIMIT $2) AS waiting`,
		queue, enoughForRiver).Scan(&available)
	if err != nil {
		return false, fmt.Errorf("sweep: %w", err)
	}
	return available < enoughForRiver, nil
}

// handOverBatch gives the oldest accepted requests to River in the transaction that marks them, and
// begins their history there, so that the ack rests on the one row. It returns how many.
func (l *Ledger) handOverBatch(ctx context.Context) (taken int, err error) {
	err = l.store.inTx(ctx, func(tx tx) error {
		ids, chosen, err := l.take(ctx, tx, `WHERE NOT handed_over ORDER BY accepted_at LIMIT $1`, handOverBatch)
		taken = len(ids)
		if err != nil || taken == 0 {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE requests SET handed_over = TRUE WHERE id `+l.store.dialect().inList("$1"), chosen); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `
			INSERT INTO history (request_id, at, state, cause, trace_id)
			SELECT id, accepted_at, state, 'asked for by ' || source, '' FROM requests
			WHERE id `+l.store.dialect().inList("$1"), chosen); err != nil {
			return err
		}
		jobs := make([]river.InsertManyParams, len(ids))
		for i, id := range ids {
			jobs[i] = river.InsertManyParams{Args: tryArgs{RequestID: id}}
		}
		return insertJobs(ctx, tx, jobs)
	})
	if err != nil {
		return 0, fmt.Errorf("hand over accepted requests: %w", err)
	}
	return taken, nil
}

// showBatch sets off the showing of what has waited for news long enough. That counts as news, for a
// showing that runs at this moment and keeps this one from being set off. It returns how much.
func (l *Ledger) showBatch(ctx context.Context) (taken int, err error) {
	err = l.store.inTx(ctx, func(tx tx) error {
		ids, chosen, err := l.take(ctx, tx, `WHERE show_by > 0 AND show_by <= $1 ORDER BY show_by LIMIT $2`,
			micros(l.now()), handOverBatch)
		taken = len(ids)
		if err != nil || taken == 0 {
			return err
		}
		deliveries, err := queryStrings(ctx, tx, `
			UPDATE requests SET show_by = 0, news = news + 1 WHERE id `+l.store.dialect().inList("$1")+` RETURNING delivery`, chosen)
		if err != nil {
			return err
		}
		slices.Sort(deliveries) // the same order in every replica, so that none waits for another that waits for it
		jobs := make([]river.InsertManyParams, len(deliveries))
		for i, delivery := range deliveries {
			jobs[i] = river.InsertManyParams{Args: showArgs{Delivery: delivery}}
		}
		return insertJobs(ctx, tx, jobs)
	})
	if err != nil {
		return 0, fmt.Errorf("set off showing: %w", err)
	}
	return taken, nil
}

// take locks requests that no other replica has taken, and returns their ids, also as a list for
// [dialect.inList].
func (l *Ledger) take(ctx context.Context, tx tx, clauses string, args ...any) (ids []string, list string, err error) {
	ids, err = queryStrings(ctx, tx, `SELECT id FROM requests `+clauses+l.store.dialect().takeRows, args...)
	if err != nil {
		return nil, "", err
	}
	encoded, err := json.Marshal(ids)
	return ids, string(encoded), err
}

func insertJobs(ctx context.Context, tx tx, jobs []river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	return tx.insertJobs(ctx, jobs)
}

// insertFollowUps sets off what a change of a request leads to.
func insertFollowUps(ctx context.Context, tx tx, r Request, confirm, show bool) error {
	var jobs []river.InsertManyParams
	if confirm {
		jobs = append(jobs, river.InsertManyParams{Args: confirmArgs{RequestID: r.ID}})
	}
	if show {
		jobs = append(jobs, river.InsertManyParams{Args: showArgs{Delivery: r.Delivery}})
	}
	return insertJobs(ctx, tx, jobs)
}

// queryStrings returns a column, each value once.
func queryStrings(ctx context.Context, tx tx, query string, args ...any) ([]string, error) {
	rows, err := tx.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []string
	seen := make(map[string]bool)
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		if !seen[value] {
			seen[value] = true
			values = append(values, value)
		}
	}
	return values, rows.Err()
}
