package events

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"linqbot/ledger/internal/store"
)

// Spend remembers a delivery that was denied or read, and returns false for one that was spent before. Its caller also
// calls [Prune] in the same transaction.
func Spend(ctx context.Context, tx store.Tx, delivery string, now time.Time) (fresh bool, err error) {
	return insert(ctx, tx, store.SpentPrefix+delivery, now)
}

// selectSeen also finds a delivery that made a request, or followed one.
const selectSeen = `
	SELECT EXISTS (SELECT 1 FROM events WHERE id = $1) OR EXISTS (SELECT 1 FROM requests WHERE delivery = $2)
		OR EXISTS (SELECT 1 FROM followers WHERE delivery = $2)`

// selectSpent looks in a scalar subquery, which always uses the index. For IN the planner may read the whole table.
func selectSpent(d store.Dialect) string {
	return `SELECT value FROM ` + d.List("$1") + ` WHERE (SELECT e.id FROM events e WHERE e.id = value) IS NOT NULL`
}

// SpentAmong returns which of the deliveries are spent, in one query.
func SpentAmong(ctx context.Context, db store.Querier, d store.Dialect, deliveries []string) (map[string]bool, error) {
	if len(deliveries) == 0 {
		return nil, nil //nolint:nilnil // none of them is
	}
	ids := make([]string, len(deliveries))
	for i, delivery := range deliveries {
		ids[i] = store.SpentPrefix + store.StorableText(delivery)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	found, err := db.Query(ctx, selectSpent(d), string(list))
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
		spent[strings.TrimPrefix(id, store.SpentPrefix)] = true
	}
	return spent, found.Err()
}

// IsSeen reports whether a delivery was spent, made a request or followed one.
func IsSeen(ctx context.Context, db store.Querier, delivery string) (seen bool, err error) {
	if err := db.QueryRow(ctx, selectSeen, store.SpentPrefix+delivery, delivery).Scan(&seen); err != nil {
		return false, fmt.Errorf("look for a delivery: %w", err)
	}
	return seen, nil
}
