package sqlite

import (
	"context"
	"encoding/json"
	"fmt"

	"linqbot/ledger/internal/store"
)

const insertRequest = `
	INSERT INTO requests (` + store.RequestColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
	ON CONFLICT DO NOTHING`

// InsertRequests implements [store.Store]. It needs no locks: there is one writer at a time.
func (s *DB) InsertRequests(ctx context.Context, in store.Tx, requests []store.NewRequest, _ []string) (map[string]bool, error) {
	followed, spent, err := known(ctx, in, requests)
	if err != nil {
		return nil, err
	}
	fresh := make(map[string]bool, len(requests))
	for _, r := range requests {
		if spent[r.Delivery] || followed[[2]string{r.Delivery, r.HandleKey}] {
			continue
		}
		inserted, err := in.Exec(ctx, insertRequest, r.Values()...)
		if err != nil {
			return nil, err
		}
		if inserted == 1 {
			fresh[r.ID] = true
		}
	}
	return fresh, nil
}

const selectKnown = `
	SELECT f.delivery, r.handle_key, FALSE FROM followers f JOIN requests r ON r.id = f.request_id
	WHERE f.delivery IN (SELECT value FROM json_each($1))
	UNION ALL
	SELECT substr(id, length('` + store.SpentPrefix + `') + 1), '', TRUE FROM events
	WHERE id IN (SELECT '` + store.SpentPrefix + `' || value FROM json_each($1))`

// known returns the deliveries that make no request of their own: those that were recorded as followers of somebody
// else's request, each with a handle, and those that are spent. As a condition of the insert this would have SQLite
// make a table for each new row.
func known(ctx context.Context, in store.Tx, requests []store.NewRequest) (followed map[[2]string]bool, spent map[string]bool, err error) {
	deliveries := make([]string, len(requests))
	for i, r := range requests {
		deliveries[i] = r.Delivery
	}
	list, err := json.Marshal(deliveries)
	if err != nil {
		return nil, nil, fmt.Errorf("list deliveries: %w", err)
	}
	found, err := in.Query(ctx, selectKnown, string(list))
	if err != nil {
		return nil, nil, fmt.Errorf("look for known deliveries: %w", err)
	}
	defer found.Close()
	followed, spent = make(map[[2]string]bool), make(map[string]bool)
	for found.Next() {
		var delivery, handleKey string
		var whole bool
		if err := found.Scan(&delivery, &handleKey, &whole); err != nil {
			return nil, nil, fmt.Errorf("look for known deliveries: %w", err)
		}
		if whole {
			spent[delivery] = true
			continue
		}
		followed[[2]string{delivery, handleKey}] = true
	}
	return followed, spent, found.Err()
}
