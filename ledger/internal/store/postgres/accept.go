package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"linqbot/ledger/internal/store"
)

// insertMany is one statement for a whole batch, since each costs a way to the server and back. It looks
// for spent deliveries in a scalar subquery, which always uses the index: for NOT EXISTS the planner may
// read the whole table.
const insertMany = `
	INSERT INTO requests (` + store.RequestColumns + `)
	SELECT ` + store.RequestColumns + `
	FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
		$10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[],
		$18::bigint[], $19::boolean[], $20::bigint[])
		WITH ORDINALITY AS new (` + store.RequestColumns + `, position)
	WHERE NOT EXISTS (
		SELECT 1 FROM followers f JOIN requests r ON r.id = f.request_id
		WHERE f.delivery = new.delivery AND r.handle_key = new.handle_key)
		AND (SELECT e.id FROM events e WHERE e.id = '` + store.SpentPrefix + `' || new.delivery) IS NULL
	ORDER BY position
	ON CONFLICT DO NOTHING
	RETURNING id, delivery`

// InsertRequests implements [store.Store].
func (p *DB) InsertRequests(ctx context.Context, in store.Tx, requests []store.NewRequest) (map[string]bool, error) {
	found, err := in.(transaction).tx.Query(ctx, insertMany, columnsOf(requests)...) //nolint:forcetypeassert // it is ours
	if err != nil {
		return nil, err
	}
	fresh := make(map[string]bool, len(requests))
	var id, delivery string
	var deliveries []string
	if _, err := pgx.ForEachRow(found, []any{&id, &delivery}, func() error {
		fresh[id] = true
		deliveries = append(deliveries, delivery)
		return nil
	}); err != nil || len(fresh) == 0 {
		return fresh, err
	}
	// Another replica may have taken the same delivery for a follower's after the statement above
	// began, and the request that it followed have ended since. A new statement sees both.
	var followed bool
	if err := in.QueryRow(ctx, `
		SELECT EXISTS (
			SELECT 1 FROM followers f JOIN requests r ON r.id = f.request_id
			JOIN requests mine ON mine.delivery = f.delivery AND mine.handle_key = r.handle_key
			WHERE f.delivery = ANY($1))`, deliveries).Scan(&followed); err != nil {
		return nil, err
	}
	if followed {
		return nil, store.ErrMoved
	}
	return fresh, nil
}

// columnsOf returns one array for each column.
func columnsOf(requests []store.NewRequest) []any {
	var columns []any
	for i, r := range requests {
		for c, value := range r.Values() {
			if i == 0 {
				columns = append(columns, emptyColumn(value, len(requests)))
			}
			switch column := columns[c].(type) {
			case []string:
				columns[c] = append(column, store.StorableText(value.(string))) //nolint:forcetypeassert // as in the first row
			case []int64:
				columns[c] = append(column, value.(int64)) //nolint:forcetypeassert // as in the first row
			case []bool:
				columns[c] = append(column, value.(bool)) //nolint:forcetypeassert // as in the first row
			}
		}
	}
	return columns
}

func emptyColumn(value any, size int) any {
	switch value.(type) {
	case int64:
		return make([]int64, 0, size)
	case bool:
		return make([]bool, 0, size)
	default:
		return make([]string, 0, size)
	}
}
