package rails

import (
	"context"

	"linqbot/ledger"
)

// What said no, as the record has it.
const (
	DeniedProtected = "protected handle"
	DeniedByHour    = "limit of an hour"
	DeniedByDay     = "limit of a day"
	DeniedToSwitch  = "not an admin"
)

// Rails are what nobody may do. The zero value forbids nothing.
type Rails struct {
	Protected Protected
	Limits    ledger.Limits
	Pauses    Pauses // optional; nil for removals that are never paused
}

// Pauses tells whether removals are paused; see [ledger.Ledger].
type Pauses interface {
	Paused(ctx context.Context) (ledger.Pause, error)
}

// Pause returns the pause to tell people of, or the zero value. A switch that cannot be read is not told of, since
// whether a removal is held is decided elsewhere.
func (r Rails) Pause(ctx context.Context) ledger.Pause {
	if r.Pauses == nil {
		return ledger.Pause{}
	}
	pause, err := r.Pauses.Paused(ctx)
	if err != nil {
		return ledger.Pause{}
	}
	return pause
}
