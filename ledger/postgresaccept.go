package ledger

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// insertMany is one statement for a whole batch, since each costs a way to the server and back. It looks
// for spent deliveries in a scalar subquery, which always uses the index: for NOT EXISTS the planner may
// read the whole table.
const insertMany = `
	INSERT INTO requests (` + requestColumns + `)
	SELECT ` + requestColumns + `
	FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
		$10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[], $17::bigint[],
		$18::boolean[], $19::bigint[])
		WITH ORDINALITY AS new (` + requestColumns + `, position)
	WHERE NOT EXISTS (
		SELECT 1 FROM followers f JOIN requests r ON r.id = f.request_id
		WHERE f.delivery = new.delivery AND r.handle_key = new.handle_key)
		AND (SELECT e.id FROM events e WHERE e.id = '` + spentPrefix + `' || new.delivery) IS NULL
	ORDER BY position
	ON CONFLICT DO NOTHING
	RETURNING id, delivery`

func (p *postgres) insertRequests(ctx context.Context, in tx, entries []entry) (map[string]bool, error) {
	found, err := in.(pgTx).tx.Query(ctx, insertMany, columnsOf(entries)...) //nolint:forcetypeassert // it is ours
	if err != nil {
		return nil, err
	}
	fresh := make(map[string]bool, len(entries))
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
	if err := in.queryRow(ctx, `
		SELECT EXISTS (
			SELECT 1 FROM followers f JOIN requests r ON r.id = f.request_id
			JOIN requests mine ON mine.delivery = f.delivery AND mine.handle_key = r.handle_key
			WHERE f.delivery = ANY($1))`, deliveries).Scan(&followed); err != nil {
		return nil, err
	}
	if followed {
		return nil, errMoved
	}
	return fresh, nil
}

// columnsOf turns entries into one array for each column.
func columnsOf(entries []entry) []any {
	var columns []any
	for i, e := range entries {
		for c, value := range e.values() {
			if i == 0 {
				columns = append(columns, emptyColumn(value, len(entries)))
			}
			switch column := columns[c].(type) {
			case []string:
				columns[c] = append(column, storableText(value.(string))) //nolint:forcetypeassert // as in the first row
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
