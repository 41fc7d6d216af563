// Package backlog tells what a ledger has yet to do, and what should have been done by now. It reads what package
// ledger keeps, and changes nothing. Begin with [Summarize] and [FindStuck].
package backlog

import (
	"context"
	"fmt"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/internal/store"
)

// Summary is what a ledger has yet to do.
type Summary struct {
	Open    int       // requests that have not ended
	Waiting int       // of these, those that no worker was given yet
	Oldest  time.Time // when the oldest that Linq has not taken was accepted; zero without one
}

// Summarize returns what is yet to be done.
func Summarize(ctx context.Context, in *ledger.Reader) (Summary, error) {
	var s Summary
	var oldest int64
	err := in.Store().Reader().QueryRow(ctx, `
		SELECT COUNT(*), COALESCE(SUM(CASE WHEN handed_over THEN 0 ELSE 1 END), 0),
			COALESCE(MIN(CASE WHEN state = 'accepted' THEN accepted_at END), 0)
		FROM requests WHERE `+store.UnderWay).Scan(&s.Open, &s.Waiting, &oldest)
	if err != nil {
		return Summary{}, fmt.Errorf("read the backlog: %w", err)
	}
	s.Oldest = store.FromMicros(oldest)
	return s, nil
}
