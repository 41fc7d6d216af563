package ledger

import (
	"context"
	"fmt"
	"time"
)

// Stuck is a request that should have moved by now.
type Stuck struct {
	Request Request
	Why     string    // the middle of a sentence: "was recorded, and given to no worker"
	Since   time.Time // when it should have moved, at the latest
}

const (
	// handOverBy is when a request is late to be handed over: the sweep comes every few seconds.
	handOverBy = time.Minute
	// tryBy is when a try is late. A worker is free within seconds, and after a restart too.
	tryBy = 5 * time.Minute
	// settleBy is when a request that Linq has taken is late to end: it becomes unconfirmed after ten minutes.
	settleBy = 15 * time.Minute

	mostStuck = 100
)

// stuckKinds are the ways to be stuck. Each spells the condition of an index of what is open, or
// SQLite reads every request.
var stuckKinds = []struct {
	why   string
	where string // with the moment before which it should have moved
	grace time.Duration
	since func(Request) time.Time
}{
	{
		"was recorded, and given to no worker", `NOT handed_over AND accepted_at < $1`, handOverBy,
		func(q Request) time.Time { return q.AcceptedAt },
	},
	{
		"was given to a worker, and has not moved since",
		underWay + ` AND state = 'accepted' AND handed_over AND next_try_at = 0 AND accepted_at < $1`, tryBy,
		func(q Request) time.Time { return q.AcceptedAt },
	},
	{
		"was due to be tried again",
		underWay + ` AND state = 'accepted' AND handed_over AND next_try_at > 0 AND next_try_at < $1`, tryBy,
		func(q Request) time.Time { return q.NextTryAt },
	},
	{
		"is queued at Linq, and was neither confirmed nor given up",
		underWay + ` AND state = 'sent' AND sent_at < $1`, settleBy,
		func(q Request) time.Time { return q.SentAt },
	},
}

const (
	// underWay is the condition of the index requests_under_way.
	underWay     = `state IN ('asked', 'accepted', 'sent')`
	stuckClauses = `WHERE %s ORDER BY accepted_at LIMIT %d`
)

// Stuck returns the requests that should have moved by now, the oldest first, at most 100 of a kind.
func (r *Reader) Stuck(ctx context.Context, now time.Time) ([]Stuck, error) {
	var all []Stuck
	for _, kind := range stuckKinds {
		found, err := queryRequests(ctx, r.q, fmt.Sprintf(stuckClauses, kind.where, mostStuck), micros(now.Add(-kind.grace)))
		if err != nil {
			return nil, fmt.Errorf("look for stuck requests: %w", err)
		}
		for _, request := range found {
			all = append(all, Stuck{Request: request, Why: kind.why, Since: kind.since(request)})
		}
	}
	return all, nil
}
