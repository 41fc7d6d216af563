package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"
)

const (
	// handOverBatch is small, so that accepting waits for one batch at the most.
	handOverBatch = 64
	// sweepEvery finds what is due to be shown, and what a crash left between accepting and handing over.
	sweepEvery = 250 * time.Millisecond
)

// dispatch hands accepted requests to River until ctx ends: at once when a commit wakes it, and in
// a sweep.
func (l *Ledger) dispatch(ctx context.Context) {
	defer l.dispatching.Done()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		if err := l.sweep(ctx); err != nil && ctx.Err() == nil {
			l.log.WithError(err).Warn("requests could not be handed over; trying again")
		}
		select {
		case <-ctx.Done():
			return
		case <-l.handOver:
		case <-sweep.C:
		}
	}
}

// sweep looks before it takes the one turn to write, since mostly there is nothing to do.
func (l *Ledger) sweep(ctx context.Context) error {
	for ctx.Err() == nil {
		var accepted, unshown, expired bool
		err := l.read.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM requests WHERE handed_over = 0),
				EXISTS (SELECT 1 FROM requests WHERE show_by > 0 AND show_by <= ?),
				EXISTS (SELECT 1 FROM requests WHERE state = 'asked' AND expires_at <= ?)`,
			micros(l.now()), micros(l.now())).Scan(&accepted, &unshown, &expired)
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		if !accepted && !unshown && !expired {
			return nil
		}
		if expired {
			if err := l.expireQuestions(ctx); err != nil {
				return err
			}
		}
		if accepted {
			if err := l.handOverBatch(ctx); err != nil {
				return err
			}
		}
		if unshown {
			if err := l.showBatch(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// handOverBatch gives the oldest accepted requests to River in the transaction that marks them, and
// begins their history there, so that the ack rests on the one row.
func (l *Ledger) handOverBatch(ctx context.Context) error {
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO history (request_id, at, state, cause, trace_id)
			SELECT id, accepted_at, state, 'asked for by ' || source, '' FROM requests
			WHERE handed_over = 0 ORDER BY accepted_at LIMIT ?`, handOverBatch); err != nil {
			return err
		}
		ids, err := queryStrings(ctx, tx, `
			UPDATE requests SET handed_over = 1
			WHERE rowid IN (SELECT rowid FROM requests WHERE handed_over = 0 ORDER BY accepted_at LIMIT ?)
			RETURNING id`, handOverBatch)
		if err != nil {
			return err
		}
		jobs := make([]river.InsertManyParams, len(ids))
		for i, id := range ids {
			jobs[i] = river.InsertManyParams{Args: tryArgs{RequestID: id}}
		}
		return l.insertJobs(ctx, tx, jobs)
	})
	if err != nil {
		return fmt.Errorf("hand over accepted requests: %w", err)
	}
	return nil
}

// showBatch sets off the showing of what has waited for news long enough.
func (l *Ledger) showBatch(ctx context.Context) error {
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		deliveries, err := queryStrings(ctx, tx, `
			UPDATE requests SET show_by = 0
			WHERE rowid IN (SELECT rowid FROM requests WHERE show_by > 0 AND show_by <= ? ORDER BY show_by LIMIT ?)
			RETURNING delivery`, micros(l.now()), handOverBatch)
		if err != nil {
			return err
		}
		jobs := make([]river.InsertManyParams, len(deliveries))
		for i, delivery := range deliveries {
			jobs[i] = river.InsertManyParams{Args: showArgs{Delivery: delivery}}
		}
		return l.insertJobs(ctx, tx, jobs)
	})
	if err != nil {
		return fmt.Errorf("set off showing: %w", err)
	}
	return nil
}

func (l *Ledger) insertJobs(ctx context.Context, tx *sql.Tx, jobs []river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	_, err := l.jobs.InsertManyTx(ctx, tx, jobs)
	return err
}

// insertFollowUps sets off what a change of a request leads to.
func (l *Ledger) insertFollowUps(ctx context.Context, tx *sql.Tx, r Request, confirm, show bool) error {
	var jobs []river.InsertManyParams
	if confirm {
		jobs = append(jobs, river.InsertManyParams{Args: confirmArgs{RequestID: r.ID}})
	}
	if show {
		jobs = append(jobs, river.InsertManyParams{Args: showArgs{Delivery: r.Delivery}})
	}
	return l.insertJobs(ctx, tx, jobs)
}

// queryStrings returns a column, each value once.
func queryStrings(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
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
