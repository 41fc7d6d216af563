package ledger

import (
	"context"

	"linqbot/ledger/internal/accept"
)

// Accept records orders, all or none, and returns when they are on disk. Orders that come in side
// by side are committed together. [ErrNotRecorded] means that none of them is recorded nor will be;
// any other error that ctx may have ended while the commit itself was under way.
func (l *Ledger) Accept(ctx context.Context, orders []Order) ([]Acceptance, error) {
	call, err := accept.NewCall(orders)
	if err != nil {
		return nil, err
	}
	if err := l.accepting.Commit(ctx, call); err != nil {
		return nil, err
	}
	for _, result := range call.Results {
		if result.Outcome == Recorded && result.Request.State == Simulated { // which comes to its end here
			l.tell("", result.Request.EndedAt, result.Request)
		}
	}
	return call.Results, nil
}
