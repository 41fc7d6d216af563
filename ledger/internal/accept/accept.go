// Package accept records orders: what is new becomes a request, and for the rest it finds the request that answers for
// it. It holds orders to the limits. Calls that come in side by side are recorded in one transaction. It knows nothing
// of what becomes of a request. Begin with [Recorder.Record].
package accept

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"linqbot/ledger/internal/groupcommit"
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/requests"
	"linqbot/ledger/internal/store"
)

// Outcome is what became of an order.
type Outcome int

// The outcomes of an order.
const (
	Recorded    Outcome = iota // a new request
	Redelivered                // the same delivery was recorded before: the request is that one
	UnderWay                   // somebody's request for the same removal is not final yet: it is that one
	Spent                      // the delivery was denied or taken before: there is no request
	Limited                    // it is more than a limit allows: nothing of its delivery was recorded
)

// Acceptance is an order's outcome and the request that answers for it.
type Acceptance struct {
	Outcome Outcome
	Request requests.Request
	Thread  requests.Thread // where that request shows, as far as that is known
	Limit   limits.Limit    // what was met by an order that is [Limited]
}

// Call holds orders that are recorded together or not at all, and what became of them.
type Call struct {
	Results []Acceptance // of each order, once they are recorded

	orders []requests.Order
	ids    []string
}

// NewCall returns a call to record orders.
func NewCall(orders []requests.Order) (*Call, error) {
	c := &Call{orders: orders}
	for range orders {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", groupcommit.ErrNotRecorded, err)
		}
		c.ids = append(c.ids, id.String())
	}
	return c, nil
}

// Recorder records the orders of calls that are committed together.
type Recorder struct {
	store   store.Store
	now     func() time.Time
	counter limits.Counter
}

// New returns a recorder for a store.
func New(in store.Store, now func() time.Time, counter limits.Counter) Recorder {
	return Recorder{store: in, now: now, counter: counter}
}

// Committer returns what commits calls together; committed is called after each commit.
func (r Recorder) Committer(committed func()) *groupcommit.Committer[*Call] {
	return groupcommit.New(groupcommit.Config[*Call]{
		Store:      r.store,
		Size:       func(call *Call) int { return len(call.orders) },
		Record:     r.Record,
		IsRecorded: r.isRecorded,
		Committed:  committed,
	})
}

// isRecorded looks for one new request of calls, since all of them are one transaction.
func (r Recorder) isRecorded(ctx context.Context, calls []*Call) bool {
	for _, call := range calls {
		for _, result := range call.Results {
			if result.Outcome == Recorded {
				_, err := requests.Load(ctx, r.store.Reader(), result.Request.ID)
				return err == nil
			}
		}
	}
	return false
}

// entry is an order on its way into the ledger.
type entry struct {
	request requests.Request
	row     store.NewRequest
	result  *Acceptance
}

// Record inserts what is new in calls, and finds out for the rest which request answers for it. What is more
// than a limit allows is taken out, and the rest is inserted anew: it may have waited for what was taken out.
func (r Recorder) Record(ctx context.Context, tx store.Tx, calls []*Call) error {
	now := r.now()
	over := make(map[*Call]int)
	locks := limits.LockNames(scopesOf(calls))
	for _, call := range calls {
		call.Results = make([]Acceptance, len(call.orders))
	}
	for len(calls) > 0 {
		entries, fresh, err := r.insert(ctx, tx, calls, locks, now)
		if err != nil {
			return err
		}
		more, err := r.overLimit(ctx, tx, calls, fresh, now)
		if err != nil {
			return err
		}
		if len(more) == 0 {
			if err := r.answer(ctx, tx, entries, fresh, now); err != nil {
				return err
			}
			return r.refuse(ctx, tx, over, now)
		}
		if err := r.withdraw(ctx, tx, fresh); err != nil {
			return err
		}
		maps.Copy(over, more)
		calls = slices.DeleteFunc(slices.Clone(calls), func(call *Call) bool { return more[call] > 0 })
		locks = nil // they are held until the end
	}
	return r.refuse(ctx, tx, over, now)
}

// insert inserts what is new in calls, and returns the ids of these. The entries are in the order [requests.LockOrder].
// Among orders for the same person in the same chat, the first comes first.
func (r Recorder) insert(ctx context.Context, tx store.Tx, calls []*Call, locks []string, now time.Time) (entries []entry, fresh map[string]bool, err error) {
	for _, call := range calls {
		for i, order := range call.orders {
			request, row := requests.New(order, call.ids[i], now)
			entries = append(entries, entry{request: request, row: row, result: &call.Results[i]})
		}
	}
	slices.SortStableFunc(entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.request.HandleKey(), y.request.HandleKey()), cmp.Compare(x.request.ChatID, y.request.ChatID),
			cmp.Compare(x.request.Kind, y.request.Kind))
	})
	rows := make([]store.NewRequest, len(entries))
	for i, e := range entries {
		rows[i] = e.row
	}
	fresh, err = r.store.InsertRequests(ctx, tx, rows, locks)
	return entries, fresh, err
}
