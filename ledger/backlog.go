package ledger

import (
	"context"
	"fmt"
	"time"
)

// Backlog is what a ledger has yet to do.
type Backlog struct {
	Open    int       // requests that have not ended
	Waiting int       // of these, those that no worker was given yet
	Oldest  time.Time // when the oldest that Linq has not taken was accepted; zero without one
}

// Backlog returns what is yet to be done.
func (r *Reader) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	var oldest int64
	err := r.q.queryRow(ctx, `
		SELECT COUNT(*), COALESCE(SUM(CASE WHEN handed_over THEN 0 ELSE 1 END), 0),
			COALESCE(MIN(CASE WHEN state = 'accepted' THEN accepted_at END), 0)
		FROM requests WHERE state IN ('asked', 'accepted', 'sent')`).Scan(&b.Open, &b.Waiting, &oldest)
	if err != nil {
		return Backlog{}, fmt.Errorf("read the backlog: %w", err)
	}
	b.Oldest = fromMicros(oldest)
	return b, nil
}
