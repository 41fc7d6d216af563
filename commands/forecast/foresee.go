package forecast

import (
	"context"
	"errors"
	"time"

	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// UnderWay is what [Foresee] asks the ledger.
type UnderWay interface {
	UnderWay(ctx context.Context, o ledger.Order) (ledger.Acceptance, error)
	Opposing(ctx context.Context, r ledger.Request) (ledger.Request, error)
}

// Foresee makes dry runs of orders: it notes in each what would come of it, by what the ledger knows and by what a look
// into the chat told. It returns for each order the request that is in its way, as far as there is one.
func Foresee(ctx context.Context, known UnderWay, orders []ledger.Order, told Forecast) ([]ledger.Acceptance, error) {
	inTheWay := make([]ledger.Acceptance, len(orders))
	for i := range orders {
		found := &ledger.Forecast{Reason: told.Reasons[i], ChatName: told.ChatName, People: told.People}
		first, err := known.UnderWay(ctx, orders[i])
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			inTheWay[i], found.Reason = first, outcome.ForeseenUnderWay
		} else {
			contrary, err := known.Opposing(ctx, ledger.Request{Order: orders[i], AcceptedAt: time.Now()})
			if err != nil && !errors.Is(err, ledger.ErrNotFound) {
				return nil, err
			}
			if err == nil {
				inTheWay[i], found.Reason = ledger.Acceptance{Request: contrary}, outcome.ReasonOpposedBy(contrary)
			}
		}
		orders[i].DryRun = found
	}
	return inTheWay, nil
}
