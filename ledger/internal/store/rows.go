package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Where gathers conditions and their values.
type Where struct {
	conditions []string
	Args       []any
}

// Add takes a condition with %s in the place of each placeholder.
func (w *Where) Add(condition string, args ...any) {
	placeholders := make([]any, len(args))
	for i, arg := range args {
		w.Args = append(w.Args, arg)
		placeholders[i] = fmt.Sprintf("$%d", len(w.Args))
	}
	w.conditions = append(w.conditions, fmt.Sprintf(condition, placeholders...))
}

func (w *Where) String() string { return "WHERE " + strings.Join(w.conditions, " AND ") }

// TakeRequests locks requests that no other replica has taken, and returns their ids, also as a list for
// [Dialect.InList].
func TakeRequests(ctx context.Context, tx Tx, d Dialect, clauses string, args ...any) (ids []string, list string, err error) {
	ids, err = Strings(ctx, tx, `SELECT id FROM requests `+clauses+d.TakeRows, args...)
	if err != nil {
		return nil, "", err
	}
	encoded, err := json.Marshal(ids)
	return ids, string(encoded), err
}

// All returns what scan makes of each row that a query finds.
func All[T any](ctx context.Context, in Querier, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := in.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return all, nil
}

// Strings returns a column, each value once.
func Strings(ctx context.Context, in Querier, query string, args ...any) ([]string, error) {
	rows, err := in.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []string
	seen := make(map[string]bool)
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		if !seen[value] {
			seen[value] = true
			values = append(values, value)
		}
	}
	return values, rows.Err()
}
