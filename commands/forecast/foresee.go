package forecast

import (
	"context"
	"errors"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// UnderWay is what [InTheWay] asks the ledger.
type UnderWay interface {
	UnderWay(ctx context.Context, o ledger.Order) (ledger.Acceptance, error)
	Opposing(ctx context.Context, r ledger.Request) (ledger.Request, error)
}

// Foresee makes dry runs of orders: it notes in each what would come of it, by what the ledger knows and by what a look
// into the chat told. For each order it returns the request that is in its way, if there is one.
func Foresee(ctx context.Context, known UnderWay, orders []ledger.Order, told Forecast) ([]ledger.Acceptance, error) {
	inTheWay := make([]ledger.Acceptance, len(orders))
	for i := range orders {
		found := &ledger.Forecast{Reason: told.Reasons[i], ChatName: told.ChatName, People: told.People}
		first, reason, err := InTheWay(ctx, known, orders[i])
		if err != nil {
			return nil, err
		}
		if reason != "" {
			inTheWay[i], found.Reason = first, reason
		}
		orders[i].DryRun = found
	}
	return inTheWay, nil
}

// InTheWay returns the request that is in the way of an order, and why the order would come to nothing for it: the same
// is under way already, or its contrary is. The reason is "" if there is none.
func InTheWay(ctx context.Context, known UnderWay, o ledger.Order) (ledger.Acceptance, string, error) {
	first, err := known.UnderWay(ctx, o)
	if err == nil {
		return first, outcome.ForeseenUnderWay, nil
	}
	if !errors.Is(err, ledger.ErrNotFound) {
		return ledger.Acceptance{}, "", err
	}
	contrary, err := known.Opposing(ctx, ledger.Request{Order: o, AcceptedAt: time.Now()})
	switch {
	case err == nil:
		return ledger.Acceptance{Request: contrary}, outcome.ReasonOpposedBy(contrary), nil
	case errors.Is(err, ledger.ErrNotFound):
		return ledger.Acceptance{}, "", nil
	default:
		return ledger.Acceptance{}, "", err
	}
}
