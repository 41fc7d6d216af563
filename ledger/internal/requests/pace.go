package requests

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// Pace is how fast removals and additions went lately.
type Pace struct {
	InBatch time.Duration // from one request of a batch to the next; 0 if no batch has shown it
	Call    time.Duration // how long one call that changes a chat took at Linq; 0 if there was none
}

const (
	// paceOver is what counts as lately.
	paceOver = 30 * 24 * time.Hour
	// paceGap is the most that counts of the time between two requests of a batch: somebody may have paused it, or
	// linqbot may have been down.
	paceGap = time.Minute
	// leastGaps is how many make a pace.
	leastGaps = 5
)

// The last batches, the last first tries of each, and the last calls. A second try tells more of Linq's trouble than of
// its pace.
const (
	paceBatches = `SELECT id FROM batches WHERE confirmed_at > $1 ORDER BY confirmed_at DESC LIMIT 3`
	paceTries   = `
		SELECT first_try_at FROM requests WHERE batch_id <> '' AND batch_id = $1 AND first_try_at > 0
		ORDER BY first_try_at DESC LIMIT 200`
	paceCalls = `
		SELECT CAST(COALESCE(AVG(sent_at - first_try_at), 0) AS BIGINT) FROM (
			SELECT tries, sent_at, first_try_at FROM requests WHERE id > $1 ORDER BY id DESC LIMIT 50
		) AS lately WHERE tries = 1 AND sent_at > 0`
)

// FindPace returns how fast removals and additions went in the last 30 days.
func FindPace(ctx context.Context, db store.Querier, now time.Time) (Pace, error) {
	since := now.Add(-paceOver)
	batches, err := store.Strings(ctx, db, paceBatches, store.Micros(since))
	if err != nil {
		return Pace{}, fmt.Errorf("find how fast removals go: %w", err)
	}
	var sum time.Duration
	gaps := 0
	for _, id := range batches {
		tries, err := store.All(ctx, db, moment, paceTries, id)
		if err != nil {
			return Pace{}, fmt.Errorf("find how fast removals go: %w", err)
		}
		for i := 1; i < len(tries); i++ {
			sum += min(tries[i-1].Sub(tries[i]), paceGap)
			gaps++
		}
	}
	var p Pace
	if gaps >= leastGaps {
		p.InBatch = max(sum/time.Duration(gaps), time.Microsecond)
	}
	var call int64
	if err := db.QueryRow(ctx, paceCalls, store.FirstID(since)).Scan(&call); err != nil {
		return Pace{}, fmt.Errorf("find how fast removals go: %w", err)
	}
	p.Call = time.Duration(call) * time.Microsecond
	return p, nil
}

func moment(row store.Row) (time.Time, error) {
	var at int64
	err := row.Scan(&at)
	return store.FromMicros(at), err
}
