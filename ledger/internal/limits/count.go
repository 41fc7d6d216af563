package limits

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"linqbot/ledger/internal/store"
)

const (
	// countedSlack is how much earlier than its moment a request may have its id: the clocks of replicas
	// differ, and the yes to a question makes a new moment.
	countedSlack = 15 * time.Minute

	// countedRow is the condition of a request that counts: a removal, until somebody declines it, and no dry run.
	countedRow = `id > %s AND kind = 'remove' AND state NOT IN ('cancelled', 'dry_run') AND accepted_at > %s`

	// ofPerson and ofPersonsWorkflows repeat the conditions of two indexes. Without them these are not used.
	// countedBatch counts a batch as one removal of a person.
	ofPerson           = `user_id = %s AND source <> 'workflow' AND batch_id = '' AND `
	ofPersonsWorkflows = `user_id = %s AND source = 'workflow' AND batch_id = '' AND `
	countedBatch       = `FROM batches WHERE user_id = %s AND confirmed_at > %s AND kind = 'remove'`

	// countedOperators are the batches of an operator, whom their rule names. No member has such a name.
	countedOperators = `FROM batches WHERE user_id = '' AND source = 'operator' AND rule = %s AND confirmed_at > %s AND kind = 'remove'`
)

// Count returns how many removals of each scope the ledger has, those included that were just inserted.
func Count(ctx context.Context, in store.Querier, d store.Dialect, scopes []Scope, now time.Time) (map[Scope]int, error) {
	taken := make(map[Scope]int, len(scopes))
	people := slices.DeleteFunc(slices.Clone(scopes), func(s Scope) bool { return s == Everybody })
	if len(people) < len(scopes) {
		var n int
		if err := in.QueryRow(ctx, countOfAll(), firstCounted(now, day), store.Micros(now.Add(-day))).Scan(&n); err != nil {
			return nil, fmt.Errorf("count removals: %w", err)
		}
		taken[Everybody] = n
	}
	if len(people) == 0 {
		return taken, nil
	}
	listed, err := json.Marshal(people)
	if err != nil {
		return nil, err
	}
	found, err := in.Query(ctx, countByPerson(d), string(listed), firstCounted(now, hour), store.Micros(now.Add(-hour)))
	if err != nil {
		return nil, fmt.Errorf("count removals: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var person string
		var n int
		if err := found.Scan(&person, &n); err != nil {
			return nil, fmt.Errorf("count removals: %w", err)
		}
		taken[Scope(person)] = n
	}
	return taken, found.Err()
}

// firstCounted comes before the id of every request that counts.
func firstCounted(now time.Time, window time.Duration) string {
	return store.FirstID(now.Add(-window - countedSlack))
}

func countOfAll() string { return countWhere("", "$1", "$2") }

func countByPerson(d store.Dialect) string {
	return `SELECT value, (` + countWhere(fmt.Sprintf(ofPerson, "value"), "$2", "$3") + `) + (` +
		countWhere(fmt.Sprintf(ofPersonsWorkflows, "value"), "$2", "$3") + `) + (SELECT COUNT(*) ` +
		fmt.Sprintf(countedBatch, "value", "$3") + `) + (SELECT COUNT(*) ` + fmt.Sprintf(countedOperators, "value", "$3") + `) FROM ` + d.List("$1")
}

func countWhere(whose, afterID, after string) string {
	return `SELECT COUNT(*) FROM requests WHERE ` + whose + fmt.Sprintf(countedRow, afterID, after)
}

// Again returns when there is room for as many more removals of a scope as a call wants to add; zero if it
// never will be.
func Again(ctx context.Context, in store.Querier, s Scope, most, adding int, now time.Time) (time.Time, error) {
	if adding > most {
		return time.Time{}, nil
	}
	window := s.window()
	first, after := firstCounted(now, window), store.Micros(now.Add(-window))
	query, args := `SELECT accepted_at FROM requests WHERE `+fmt.Sprintf(countedRow, "$1", "$2"), []any{first, after}
	if s != Everybody {
		args = append(args, string(s))
		query = `
			SELECT accepted_at FROM requests WHERE ` + fmt.Sprintf(ofPerson+countedRow, "$3", "$1", "$2") + `
			UNION ALL SELECT accepted_at FROM requests WHERE ` + fmt.Sprintf(ofPersonsWorkflows+countedRow, "$3", "$1", "$2") + `
			UNION ALL SELECT confirmed_at ` + fmt.Sprintf(countedBatch, "$3", "$2") + `
			UNION ALL SELECT confirmed_at ` + fmt.Sprintf(countedOperators, "$3", "$2")
	}
	moments, err := momentsOf(ctx, in, query, args...)
	if err != nil {
		return time.Time{}, err
	}
	if at := roomAt(moments, adding, most, window); !at.IsZero() {
		return at, nil
	}
	return now, nil
}

// roomAt returns when there is room for as many more; the zero time if there is now. It sorts the moments.
func roomAt(moments []int64, adding, most int, window time.Duration) time.Time {
	slices.Sort(moments)
	leave := len(moments) + adding - most // so many have to leave the window first
	if leave <= 0 {
		return time.Time{}
	}
	return store.FromMicros(moments[leave-1]).Add(window)
}

func momentsOf(ctx context.Context, in store.Querier, query string, args ...any) (moments []int64, err error) {
	found, err := in.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var at int64
		if err := found.Scan(&at); err != nil {
			return nil, err
		}
		moments = append(moments, at)
	}
	return moments, found.Err()
}
