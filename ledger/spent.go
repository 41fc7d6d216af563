package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
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

// selectSeen also finds a delivery that made a request, or followed one.
const selectSeen = `
	SELECT EXISTS (SELECT 1 FROM events WHERE id = $1) OR EXISTS (SELECT 1 FROM requests WHERE delivery = $2)
		OR EXISTS (SELECT 1 FROM followers WHERE delivery = $2)`

// selectSpent looks in a scalar subquery, which always uses the index: for IN the planner may read the
// whole table.
func selectSpent(d dialect) string {
	return `SELECT value FROM ` + d.list("$1") + ` WHERE (SELECT e.id FROM events e WHERE e.id = value) IS NOT NULL`
}

// spentAmong returns which of the deliveries are spent, in one query.
func spentAmong(ctx context.Context, db querier, d dialect, deliveries []string) (map[string]bool, error) {
	if len(deliveries) == 0 {
		return nil, nil //nolint:nilnil // none of them is
	}
	ids := make([]string, len(deliveries))
	for i, delivery := range deliveries {
		ids[i] = spentPrefix + storableText(delivery)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	found, err := db.query(ctx, selectSpent(d), string(list))
	if err != nil {
		return nil, fmt.Errorf("look for spent deliveries: %w", err)
	}
	defer found.Close()
	spent := make(map[string]bool)
	for found.Next() {
		var id string
		if err := found.Scan(&id); err != nil {
			return nil, fmt.Errorf("look for spent deliveries: %w", err)
		}
		spent[strings.TrimPrefix(id, spentPrefix)] = true
	}
	return spent, found.Err()
}

func isSeen(ctx context.Context, db querier, delivery string) (seen bool, err error) {
	if err := db.queryRow(ctx, selectSeen, spentPrefix+delivery, delivery).Scan(&seen); err != nil {
		return false, fmt.Errorf("look for a delivery: %w", err)
	}
	return seen, nil
}
