package reconcile

import (
	"context"
	"errors"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// opposed refuses r, before its first try, while another request for the same person and chat wants the contrary and
// came first. Side by side the two would each take the other's effect for its own: Linq queues both, and what the chat
// shows in between says nothing of either. It returns true when r has ended with that.
func (s *Steps) opposed(ctx context.Context, r ledger.Request) (bool, error) {
	if !r.FirstTryAt.IsZero() || r.Reason == outcome.ReasonRestored {
		return false, nil
	}
	other, err := s.records.Opposing(ctx, r)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, s.end(ctx, r, ledger.Refused, outcome.ReasonOpposedBy(other), "request "+other.ShortID()+" is under way, which wants the contrary", "")
}
