package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
		$18::bigint[], $19::boolean[], $20::bigint[], $21::text[], $22::text[], $23::text[], $24::bigint[], $25::bigint[])
		WITH ORDINALITY AS new (` + store.RequestColumns + `, position)
	WHERE NOT EXISTS (
		SELECT 1 FROM followers f JOIN requests r ON r.id = f.request_id
		WHERE f.delivery = new.delivery AND r.handle_key = new.handle_key)
		AND (SELECT e.id FROM events e WHERE e.id = '` + store.SpentPrefix + `' || new.delivery) IS NULL
	ORDER BY position
	ON CONFLICT DO NOTHING
	RETURNING id`

// lockNamed waits for the other replicas that count for the same people.
const lockNamed = `SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS wanted (name)`

// selectMoved finds out whether another replica has taken the same delivery for a follower's after the insert
// began, and the request that it followed has ended since. A new statement sees both.
const selectMoved = `
	SELECT EXISTS (
		SELECT 1 FROM followers f JOIN requests r ON r.id = f.request_id
		JOIN requests mine ON mine.delivery = f.delivery AND mine.handle_key = r.handle_key
		WHERE f.delivery = ANY($1) AND mine.id = ANY($2))`

// InsertRequests implements [store.Store]. Its statements go to the server together, since each way there and
// back costs more than they do.
func (p *DB) InsertRequests(ctx context.Context, in store.Tx, requests []store.NewRequest, locks []string) (fresh map[string]bool, err error) {
	ids, deliveries := make([]string, len(requests)), make([]string, len(requests))
	for i, r := range requests {
		ids[i], deliveries[i] = r.ID, store.StorableText(r.Delivery)
	}
	var together pgx.Batch
	if len(locks) > 0 {
		together.Queue(lockNamed, locks).Exec(func(pgconn.CommandTag) error { return nil })
	}
	fresh = make(map[string]bool, len(requests))
	together.Queue(insertMany, columnsOf(requests)...).Query(func(found pgx.Rows) error {
		var id string
		_, err := pgx.ForEachRow(found, []any{&id}, func() error {
			fresh[id] = true
			return nil
		})
		return err
	})
	var moved bool
	together.Queue(selectMoved, deliveries, ids).QueryRow(func(found pgx.Row) error { return found.Scan(&moved) })
	if err := in.(transaction).tx.SendBatch(ctx, &together).Close(); err != nil { //nolint:forcetypeassert // it is ours
		return nil, err
	}
	if moved {
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
