package ledger

import (
	"context"
	"fmt"
	"time"
)

// A delivery that was taken, denied or read is spent: its id stands in the table of events, where it
// is remembered for as long as they are.

const spentPrefix = "delivery-"

// TakeDelivery remembers a delivery, and returns false for one that was spent before.
func (l *Ledger) TakeDelivery(ctx context.Context, delivery string) (bool, error) {
	fresh, err := l.TakeEvent(ctx, spentPrefix+delivery)
	if err != nil {
		return false, fmt.Errorf("take delivery: %w", err)
	}
	return fresh, nil
}

// spend is [Ledger.TakeDelivery] in a transaction that forgets old events by itself.
func spend(ctx context.Context, tx tx, delivery string, now time.Time) (fresh bool, err error) {
	return insertEvent(ctx, tx, spentPrefix+delivery, now)
}

const (
	selectSpent = `SELECT EXISTS (SELECT 1 FROM events WHERE id = $1)`
	// selectSeen also finds a delivery that made a request, or followed one.
	selectSeen = `
		SELECT EXISTS (SELECT 1 FROM events WHERE id = $1) OR EXISTS (SELECT 1 FROM requests WHERE delivery = $2)
			OR EXISTS (SELECT 1 FROM followers WHERE delivery = $2)`
)

func isSpent(ctx context.Context, db querier, delivery string) (spent bool, err error) {
	if err := db.queryRow(ctx, selectSpent, spentPrefix+delivery).Scan(&spent); err != nil {
		return false, fmt.Errorf("look for a spent delivery: %w", err)
	}
	return spent, nil
}

func isSeen(ctx context.Context, db querier, delivery string) (seen bool, err error) {
	if err := db.queryRow(ctx, selectSeen, spentPrefix+delivery, delivery).Scan(&seen); err != nil {
		return false, fmt.Errorf("look for a delivery: %w", err)
	}
	return seen, nil
}
