package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"linqbot/ledger/internal/events"
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
	Request Request
	Thread  Thread // where that request shows, as far as that is known
	Limit   Limit  // what was met by an order that is [Limited]
}

// Accept records orders, all or none, and returns when they are on disk. Orders that come in side
// by side are committed together. [ErrNotRecorded] means that none of them is recorded nor will be;
// any other error that ctx may have ended while the commit itself was under way.
func (l *Ledger) Accept(ctx context.Context, orders []Order) ([]Acceptance, error) {
	a, err := newAcceptance(orders)
	if err != nil {
		return nil, err
	}
	if err := l.accepting.Commit(ctx, a); err != nil {
		return nil, err
	}
	for _, result := range a.results {
		if result.Outcome == Recorded && result.Request.State == Simulated { // which comes to its end here
			l.tell("", result.Request.EndedAt, result.Request)
		}
	}
	return a.results, nil
}

// acceptance is a call of [Ledger.Accept].
type acceptance struct {
	orders  []Order
	ids     []string
	results []Acceptance
}

func newAcceptance(orders []Order) (*acceptance, error) {
	a := &acceptance{orders: orders}
	for range orders {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotRecorded, err)
		}
		a.ids = append(a.ids, id.String())
	}
	return a, nil
}

// acceptor records the orders of calls that are committed together.
type acceptor struct {
	store   store.Store
	now     func() time.Time
	counter limits.Counter
}

func newAcceptor(in store.Store, now func() time.Time, counter limits.Counter) acceptor {
	return acceptor{store: in, now: now, counter: counter}
}

func (a acceptor) committer(committed func()) *groupcommit.Committer[*acceptance] {
	return groupcommit.New(groupcommit.Config[*acceptance]{
		Store:      a.store,
		Size:       func(call *acceptance) int { return len(call.orders) },
		Record:     a.record,
		IsRecorded: a.isRecorded,
		Committed:  committed,
	})
}

// isRecorded looks for a new request of a batch: all of it is one transaction.
func (a acceptor) isRecorded(ctx context.Context, batch []*acceptance) bool {
	for _, call := range batch {
		for _, result := range call.results {
			if result.Outcome == Recorded {
				_, err := requests.Load(ctx, a.store.Reader(), result.Request.ID)
				return err == nil
			}
		}
	}
	return false
}

// entry is an order on its way into the ledger.
type entry struct {
	request Request
	row     store.NewRequest
	result  *Acceptance
}

// record inserts what is new in a batch, and finds out for the rest which request answers for it. What is more
// than a limit allows is taken out, and the rest is inserted anew: it may have waited for what was taken out.
func (a acceptor) record(ctx context.Context, tx store.Tx, batch []*acceptance) error {
	now := a.now()
	over := make(map[*acceptance]int)
	locks := limits.LockNames(scopesOf(batch))
	for _, call := range batch {
		call.results = make([]Acceptance, len(call.orders))
	}
	for len(batch) > 0 {
		entries, fresh, err := a.insert(ctx, tx, batch, locks, now)
		if err != nil {
			return err
		}
		more, err := a.overLimit(ctx, tx, batch, fresh, now)
		if err != nil {
			return err
		}
		if len(more) == 0 {
			if err := a.answer(ctx, tx, entries, fresh, now); err != nil {
				return err
			}
			return a.refuse(ctx, tx, over, now)
		}
		if err := a.withdraw(ctx, tx, fresh); err != nil {
			return err
		}
		maps.Copy(over, more)
		batch = slices.DeleteFunc(slices.Clone(batch), func(call *acceptance) bool { return more[call] > 0 })
		locks = nil // they are held until the end
	}
	return a.refuse(ctx, tx, over, now)
}

// insert inserts what is new in a batch, and returns the ids of these. Every replica touches rows in the same order, so
// that no two wait for each other. Among orders for the same person in the same chat, the first comes first.
func (a acceptor) insert(ctx context.Context, tx store.Tx, batch []*acceptance, locks []string, now time.Time) (entries []entry, fresh map[string]bool, err error) {
	for _, call := range batch {
		for i, order := range call.orders {
			request, row := requests.New(order, call.ids[i], now)
			entries = append(entries, entry{request: request, row: row, result: &call.results[i]})
		}
	}
	slices.SortStableFunc(entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.request.HandleKey(), y.request.HandleKey()), cmp.Compare(x.request.ChatID, y.request.ChatID))
	})
	rows := make([]store.NewRequest, len(entries))
	for i, e := range entries {
		rows[i] = e.row
	}
	fresh, err = a.store.InsertRequests(ctx, tx, rows, locks)
	return entries, fresh, err
}

// answer says of each entry what became of it.
func (a acceptor) answer(ctx context.Context, tx store.Tx, entries []entry, fresh map[string]bool, now time.Time) error {
	var known []string
	for _, e := range entries {
		if !fresh[e.request.ID] {
			known = append(known, e.request.Delivery)
		}
	}
	spent, err := events.SpentAmong(ctx, tx, a.store.Dialect(), known)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !fresh[e.request.ID] {
			*e.result, err = a.refer(ctx, tx, e, spent[e.request.Delivery], now)
		} else {
			*e.result = Acceptance{Outcome: Recorded, Request: e.request}
			if e.request.Undoes != "" {
				err = requests.ShowSoon(ctx, tx, e.request.Undoes, now)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refer finds the request that answers for an order which is not new; none does for a spent delivery.
func (a acceptor) refer(ctx context.Context, tx store.Tx, e entry, spent bool, now time.Time) (Acceptance, error) {
	o := e.request.Order
	outcome := Redelivered
	request, err := requests.Redelivered(ctx, tx, o)
	if errors.Is(err, ErrNotFound) {
		if spent {
			return Acceptance{Outcome: Spent}, nil
		}
		outcome = UnderWay
		request, err = requests.UnderWay(ctx, tx, o, a.store.Dialect().LockRows)
	}
	if errors.Is(err, ErrNotFound) {
		return Acceptance{}, store.ErrMoved // it ended just now
	}
	if err != nil {
		return Acceptance{}, err
	}
	thread, err := requests.LoadThread(ctx, tx, request.ShownAs())
	if err != nil {
		return Acceptance{}, err
	}
	if outcome == UnderWay && o.BatchID == "" { // a batch looks for itself
		err = follow(ctx, tx, request, thread, o, now)
	}
	return Acceptance{Outcome: outcome, Request: request, Thread: thread}, err
}

// follow adds a person to those who asked for a removal that is under way.
func follow(ctx context.Context, tx store.Tx, request Request, thread Thread, o Order, now time.Time) error {
	told := thread.Route == InThread && thread.TS != ""
	if err := requests.Follow(ctx, tx, request.ID, o, told, now); err != nil {
		return err
	}
	if told {
		return nil
	}
	if request.BatchID != "" {
		return requests.ShowBatchSoon(ctx, tx, request.BatchID)
	}
	// The first news may be shown by now, and whoever showed them did not see this follower. An open
	// question is nobody else's business; the yes to it sets off a showing by itself.
	_, err := tx.Exec(ctx, `
		UPDATE requests SET news = news + 1, show_by = $1 WHERE id = $2 AND show_by = 0 AND state <> 'asked'`,
		store.Micros(now), request.ID)
	return err
}
