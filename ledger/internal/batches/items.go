package batches

import (
	"context"
	"fmt"

	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// BatchItem is one person and one chat of a batch.
type BatchItem struct {
	Position int // from 1
	ChatID   string
	ChatName string       // as Linq's list shows it; it may hold people's numbers
	Handle   store.Secret // as the chat lists it
	Foreseen string       // why Linq will likely refuse it: a code of package commands; "" for no reason
	Undoes   string       // the id of the removal that this takes back
}

// BatchResult is an item and what became of it.
type BatchResult struct {
	BatchItem
	Request requests.Request // the zero Request while there is none
}

// Progress is how many items of a batch are in which state.
type Progress struct {
	All    int
	States map[requests.State]int // of those that have a request
}

// Ended returns how many items have come to their end.
func (p Progress) Ended() int {
	ended := 0
	for state, items := range p.States {
		if state.Final() {
			ended += items
		}
	}
	return ended
}

// NotAsked returns how many items have no request.
func (p Progress) NotAsked() int {
	left := p.All
	for _, items := range p.States {
		left -= items
	}
	return left
}

// CountItems counts the items of a batch by state.
func CountItems(ctx context.Context, db store.Querier, batchID string) (Progress, error) {
	p := Progress{States: make(map[requests.State]int)}
	rows, err := db.Query(ctx, `
		SELECT COALESCE(r.state, ''), COUNT(*) FROM batch_items i LEFT JOIN requests r ON r.id = i.request_id
		WHERE i.batch_id = $1 GROUP BY 1`, batchID)
	if err != nil {
		return Progress{}, fmt.Errorf("count items: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state requests.State
		var items int
		if err := rows.Scan(&state, &items); err != nil {
			return Progress{}, fmt.Errorf("count items: %w", err)
		}
		p.All += items
		if state != "" {
			p.States[state] = items
		}
	}
	if err := rows.Err(); err != nil {
		return Progress{}, fmt.Errorf("count items: %w", err)
	}
	return p, nil
}

// Items returns items of a batch in their order, after a position, and not more than limit.
func Items(ctx context.Context, db store.Querier, batchID string, after, limit int) ([]BatchResult, error) {
	results, ids, err := loadItems(ctx, db, batchID, after, limit)
	if err != nil || len(results) == 0 {
		return nil, err
	}
	answering, err := requests.Query(ctx, db, `
		WHERE id IN (SELECT request_id FROM batch_items WHERE batch_id = $1 AND position >= $2 AND position <= $3)`,
		batchID, results[0].Position, results[len(results)-1].Position)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]requests.Request, len(answering))
	for _, request := range answering {
		byID[request.ID] = request
	}
	for i, id := range ids {
		results[i].Request = byID[id]
	}
	return results, nil
}

// loadItems returns items, and the ids of the requests that answer for them.
func loadItems(ctx context.Context, db store.Querier, batchID string, after, limit int) (results []BatchResult, ids []string, err error) {
	rows, err := db.Query(ctx, `
		SELECT position, chat_id, chat_name, handle, foreseen, undoes, request_id FROM batch_items
		WHERE batch_id = $1 AND position > $2 ORDER BY position LIMIT $3`, batchID, after, limit)
	if err != nil {
		return nil, nil, fmt.Errorf("load items: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var item BatchItem
		var id string
		if err := rows.Scan(&item.Position, &item.ChatID, &item.ChatName, &item.Handle, &item.Foreseen, &item.Undoes, &id); err != nil {
			return nil, nil, fmt.Errorf("load items: %w", err)
		}
		results, ids = append(results, BatchResult{BatchItem: item}), append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("load items: %w", err)
	}
	return results, ids, nil
}
