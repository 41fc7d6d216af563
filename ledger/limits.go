package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"linqbot/ledger/internal/store"
)

// Limits bound how many removals are recorded; 0 stands for no limit. They come with each order, since
// they can change while the ledger is open.
type Limits struct {
	PerHour int // of the person who asks
	PerDay  int // of everybody
}

// Limit is what an order met that is [Limited].
type Limit struct {
	Everybody bool // it is [Limits.PerDay]
	Most      int
	Again     time.Time // when what was asked for is possible; zero if it is more than the limit by itself
}

const (
	hour = time.Hour
	day  = 24 * time.Hour

	// countedSlack is how much earlier than its moment a request may have its id: the clocks of replicas
	// differ, and the yes to a question makes a new moment.
	countedSlack = 15 * time.Minute

	// countedRow is the condition of a request that counts: a removal, until somebody declines it, and no dry run.
	countedRow = `id > %s AND kind = 'remove' AND state NOT IN ('cancelled', 'dry_run') AND accepted_at > %s`

	// ofPerson and ofPersonsWorkflows repeat the conditions of two indexes. Without them these are not used. A batch
	// counts as one removal of a person, by countedBatch.
	ofPerson           = `user_id = %s AND source <> 'workflow' AND batch_id = '' AND `
	ofPersonsWorkflows = `user_id = %s AND source = 'workflow' AND batch_id = '' AND `
	countedBatch       = `FROM batches WHERE user_id = %s AND confirmed_at > %s AND kind = 'remove'`

	// countedOperators are the batches of an operator, whom their rule names. No member has such a name.
	countedOperators = `FROM batches WHERE user_id = '' AND source = 'operator' AND rule = %s AND confirmed_at > %s AND kind = 'remove'`
)

// scope is who shares a limit: a person, or everybody for "".
type scope string

const everybody scope = ""

func (s scope) window() time.Duration {
	if s == everybody {
		return day
	}
	return hour
}

// bounds returns the limits that count for a call, by scope.
func (a *acceptance) bounds() map[scope]int {
	found := make(map[scope]int)
	for _, o := range a.orders {
		if o.Kind != Remove {
			continue
		}
		if o.Limits.PerHour > 0 && o.UserID != "" {
			found[scope(o.UserID)] = o.Limits.PerHour
		}
		if o.Limits.PerDay > 0 {
			found[everybody] = o.Limits.PerDay
		}
	}
	return found
}

// scopesOf returns whose removals have to be counted for a batch.
func scopesOf(batch []*acceptance) []scope {
	all := make(map[scope]int)
	for _, call := range batch {
		maps.Copy(all, call.bounds())
	}
	return slices.Sorted(maps.Keys(all))
}

// lockNames are what a batch locks before it inserts: of two replicas that count for the same person at the
// same time neither would see what the other is about to record.
func lockNames(scopes []scope) []string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = "removals of " + string(s)
	}
	return names
}

// overLimit returns the calls of a batch whose new requests are more than a limit allows, each with how many
// these are. Who came first is first; what is refused takes nobody's place.
func (a acceptor) overLimit(ctx context.Context, tx store.Tx, batch []*acceptance, fresh map[string]bool, now time.Time) (map[*acceptance]int, error) {
	scopes := scopesOf(batch)
	if a.surelyBelow(batch, fresh) || len(scopes) == 0 || len(fresh) == 0 {
		return nil, nil
	}
	taken, err := countRemovals(ctx, tx, a.store.Dialect(), scopes, now)
	if err != nil {
		return nil, err
	}
	if a.store.Alone() {
		maps.Copy(a.atMost, taken)
	}
	for _, call := range batch {
		for s := range call.bounds() {
			taken[s] -= call.freshRemovals(fresh, false)
		}
	}
	over := make(map[*acceptance]int)
	for _, call := range batch {
		bounds, adding := call.bounds(), call.freshRemovals(fresh, true)
		if adding == 0 {
			continue
		}
		if exceeds(bounds, taken, adding) {
			over[call] = adding
			continue
		}
		for s := range bounds {
			taken[s] += call.freshRemovals(fresh, false)
		}
	}
	return over, nil
}

func exceeds(bounds, taken map[scope]int, adding int) bool {
	for s, most := range bounds {
		if taken[s]+adding > most {
			return true
		}
	}
	return false
}

// freshRemovals returns how many of a call's orders made a new request. A dry run is told what a removal would be told,
// and takes nobody's place.
func (a *acceptance) freshRemovals(fresh map[string]bool, dryRuns bool) (count int) {
	for i, o := range a.orders {
		if o.Kind == Remove && fresh[a.ids[i]] && (dryRuns || o.DryRun == nil) {
			count++
		}
	}
	return count
}

// countRemovals returns how many removals of each scope the ledger has, those included that were just inserted.
func countRemovals(ctx context.Context, in store.Querier, d store.Dialect, scopes []scope, now time.Time) (map[scope]int, error) {
	taken := make(map[scope]int, len(scopes))
	people := slices.DeleteFunc(slices.Clone(scopes), func(s scope) bool { return s == everybody })
	if len(people) < len(scopes) {
		var n int
		if err := in.QueryRow(ctx, countOfAll(), firstCounted(now, day), store.Micros(now.Add(-day))).Scan(&n); err != nil {
			return nil, fmt.Errorf("count removals: %w", err)
		}
		taken[everybody] = n
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
		taken[scope(person)] = n
	}
	return taken, found.Err()
}

// firstCounted comes before the id of every request that counts.
func firstCounted(now time.Time, window time.Duration) string {
	return FirstID(now.Add(-window - countedSlack))
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

// again returns when there is room for as many more removals of a scope as a call wants to add; zero if it
// never will be.
func again(ctx context.Context, in store.Querier, s scope, most, adding int, now time.Time) (time.Time, error) {
	if adding > most {
		return time.Time{}, nil
	}
	window := s.window()
	first, after := firstCounted(now, window), store.Micros(now.Add(-window))
	query, args := `SELECT accepted_at FROM requests WHERE `+fmt.Sprintf(countedRow, "$1", "$2"), []any{first, after}
	if s != everybody {
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

// withdraw takes back what a round inserted, since some of it is over a limit.
func (a acceptor) withdraw(ctx context.Context, tx store.Tx, fresh map[string]bool) error {
	listed, err := json.Marshal(slices.Sorted(maps.Keys(fresh)))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM requests WHERE id `+a.store.Dialect().InList("$1"), string(listed)); err != nil {
		return fmt.Errorf("withdraw what is over a limit: %w", err)
	}
	return nil
}

// refuse says of calls that are over a limit, once the rest of the batch is inserted, when they are possible again.
func (a acceptor) refuse(ctx context.Context, tx store.Tx, over map[*acceptance]int, now time.Time) error {
	for call, adding := range over {
		var met Limit
		for s, most := range call.bounds() {
			at, err := again(ctx, tx, s, most, adding, now)
			if err != nil {
				return fmt.Errorf("find out when a removal is possible again: %w", err)
			}
			if at.IsZero() { // no wait helps
				met = Limit{Everybody: s == everybody, Most: most}
				break
			}
			if at.After(met.Again) {
				met = Limit{Everybody: s == everybody, Most: most, Again: at}
			}
		}
		for i := range call.results {
			call.results[i] = Acceptance{Outcome: Limited, Limit: met}
		}
	}
	return nil
}
