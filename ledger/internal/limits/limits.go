// Package limits bounds how many removals are recorded. It counts what the ledger has, of a person and of everybody,
// and says when there is room again. It knows which rows count, and neither who accepts them nor what becomes of
// what is over a limit. Begin with [Count] and [Again].
package limits

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"linqbot/ledger/internal/store"
)

// Limits bound how many removals are recorded; 0 stands for no limit. They come with each order, since
// they can change while the ledger is open.
type Limits struct {
	PerHour int // of the person who asks
	PerDay  int // of everybody
}

// Limit is a limit that an order is over.
type Limit struct {
	Everybody bool // it is [Limits.PerDay]
	Most      int
	Again     time.Time // when what was asked for is possible; zero if it is more than the limit by itself
}

// LimitError says that a batch is over a limit: it counts as one removal of the person who asks for it, and as all of
// its removals for everybody.
type LimitError struct{ Limit Limit }

func (e *LimitError) Error() string {
	return fmt.Sprintf("ledger: more than %d removals", e.Limit.Most)
}

// Scope is who shares a limit: a person, or everybody for "".
type Scope string

// Everybody is the scope of [Limits.PerDay].
const Everybody Scope = ""

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

func (s Scope) window() time.Duration {
	if s == Everybody {
		return day
	}
	return hour
}

// LockNames are what a transaction locks before it inserts. Otherwise two replicas that count for the same person at
// the same time would not see what the other is about to record.
func LockNames(scopes []Scope) []string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = "removals of " + string(s)
	}
	return names
}

// Lock makes other replicas that count for the same scopes wait, as accepting does. The scopes are in order.
func Lock(ctx context.Context, in store.Querier, d store.Dialect, scopes []Scope) error {
	if d.LockNamed == "" || len(scopes) == 0 {
		return nil
	}
	names, err := json.Marshal(LockNames(scopes))
	if err != nil {
		return err
	}
	var locked int
	if err := in.QueryRow(ctx, d.LockNamed, string(names)).Scan(&locked); err != nil {
		return fmt.Errorf("lock limits: %w", err)
	}
	return nil
}
