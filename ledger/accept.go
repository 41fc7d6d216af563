package ledger

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Outcome is what became of an order.
type Outcome int

// The outcomes of an order.
const (
	Recorded    Outcome = iota // a new request
	Redelivered                // the same delivery was recorded before: the request is that one
	UnderWay                   // somebody's request for the same removal is not final yet: it is that one
	Spent                      // the delivery was denied or taken before: there is no request
)

// Acceptance is an order's outcome and the request that answers for it.
type Acceptance struct {
	Outcome Outcome
	Request Request
	Thread  Thread // where that request shows, as far as that is known
}

// Accept records orders, all or none, and returns when they are on disk. Orders that come in side
// by side are committed together. [ErrNotRecorded] means that none of them is recorded nor will be;
// [ErrDoubtful] that ctx ended while the commit itself was under way.
func (l *Ledger) Accept(ctx context.Context, orders []Order) ([]Acceptance, error) {
	a := &acceptance{orders: orders, done: make(chan struct{})}
	for range orders {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotRecorded, err)
		}
		a.ids = append(a.ids, id.String())
	}
	return l.accepting.accept(ctx, a)
}

// acceptance is a call of Accept on its way through the acceptor. Whoever moves phase away from
// waiting decides: the acceptor, and it is committed; the caller, and it never is.
type acceptance struct {
	orders  []Order
	ids     []string
	phase   atomic.Int32
	done    chan struct{}
	results []Acceptance
	err     error
}

const (
	waiting int32 = iota
	committing
	abandoned
)

func (a *acceptance) finish(err error) {
	a.err = err
	close(a.done)
}

// acceptor commits what many callers bring in one transaction: one flush of the disk for all.
type acceptor struct {
	cfg   acceptorConfig
	calls chan *acceptance
	// closing is held for reading while a call is handed over, so that close leaves none behind.
	closing sync.RWMutex
	closed  bool
	stopped chan struct{}
}

type acceptorConfig struct {
	Store     store
	Now       func() time.Time
	Committed func() // called after each commit that recorded something
}

const (
	// largestBatch bounds the orders of one commit: each that is not new costs some queries.
	largestBatch = 64
	// gathering is how often others may run before a batch is begun. It takes microseconds, and makes
	// a tenth more orders a second of 32 connections on two cores.
	gathering = 30
	// batchTime bounds one commit, so that a store that does not answer is told apart from a slow
	// one within the time that Slack gives.
	batchTime = 2 * time.Second
	// commitGrace is how long a caller whose time is up waits for a commit that is under way.
	commitGrace = 300 * time.Millisecond
	// commitTries is how often a batch is begun: a connection may have died while it was idle, and
	// another replica may have been faster. Before the commit, nothing is done by it.
	commitTries = 3
)

func newAcceptor(cfg acceptorConfig) *acceptor {
	a := &acceptor{cfg: cfg, calls: make(chan *acceptance, largestBatch), stopped: make(chan struct{})}
	go a.run()
	return a
}

func (a *acceptor) accept(ctx context.Context, call *acceptance) ([]Acceptance, error) {
	if err := a.enqueue(ctx, call); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	select {
	case <-call.done:
		return call.results, call.err
	case <-ctx.Done():
	}
	if call.phase.CompareAndSwap(waiting, abandoned) {
		return nil, fmt.Errorf("%w: %w", ErrNotRecorded, ctx.Err())
	}
	grace := time.NewTimer(commitGrace)
	defer grace.Stop()
	select {
	case <-call.done:
		return call.results, call.err
	case <-grace.C:
		return nil, fmt.Errorf("%w: %w", ErrDoubtful, ctx.Err())
	}
}

func (a *acceptor) enqueue(ctx context.Context, call *acceptance) error {
	a.closing.RLock()
	defer a.closing.RUnlock()
	if a.closed {
		return errors.New("the ledger is closed")
	}
	select {
	case a.calls <- call:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *acceptor) close() {
	a.closing.Lock()
	if !a.closed {
		a.closed = true
		close(a.calls)
	}
	a.closing.Unlock()
	<-a.stopped
}

func (a *acceptor) run() {
	defer close(a.stopped)
	for first := range a.calls {
		for range gathering {
			runtime.Gosched() // whoever runs now may be about to bring an order as well
		}
		batch, orders := []*acceptance{first}, len(first.orders)
		for more := true; more && orders < largestBatch; {
			select {
			case call, ok := <-a.calls:
				if !ok {
					more = false
					break
				}
				batch, orders = append(batch, call), orders+len(call.orders)
			default:
				more = false
			}
		}
		a.commit(batch)
	}
}

// commit records a batch. A caller may give up until just before the commit; what it brought is
// then taken out and the rest is done again.
func (a *acceptor) commit(batch []*acceptance) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	for try := 1; len(batch) > 0; {
		staying, err := a.tryCommit(ctx, batch)
		switch {
		case errors.Is(err, errCommitUnknown):
			a.resolve(ctx, staying, err)
			return
		case err != nil && try < commitTries && ctx.Err() == nil:
			try++
			continue
		case err != nil:
			finish(staying, fmt.Errorf("%w: %w", ErrNotRecorded, err))
			return
		case len(staying) == len(batch):
			finish(staying, nil)
			a.cfg.Committed()
			return
		}
		batch = staying
	}
}

func finish(calls []*acceptance, err error) {
	for _, call := range calls {
		call.finish(err)
	}
}

// resolve looks whether a commit took place whose answer was lost. Where it is not seen, it may
// still take place: that stays in doubt.
func (a *acceptor) resolve(ctx context.Context, batch []*acceptance, lost error) {
	defer a.cfg.Committed()
	if !a.isCommitted(ctx, batch) {
		finish(batch, fmt.Errorf("%w: %w", ErrDoubtful, lost))
		return
	}
	finish(batch, nil)
}

// isCommitted looks for a new request of a batch: all of it is one transaction.
func (a *acceptor) isCommitted(ctx context.Context, batch []*acceptance) bool {
	for _, call := range batch {
		for _, result := range call.results {
			if result.Outcome == Recorded {
				_, err := queryRequest(ctx, a.cfg.Store.reader(), `WHERE id = $1`, result.Request.ID)
				return err == nil
			}
		}
	}
	return false
}

var errTakenOut = errors.New("ledger: a caller gave up")

// tryCommit returns the calls that still wait. They are committed only when they are the whole
// batch and there is no error.
func (a *acceptor) tryCommit(ctx context.Context, batch []*acceptance) (staying []*acceptance, err error) {
	staying = batch
	err = a.cfg.Store.acceptTx(ctx, func(tx tx) error {
		if err := a.record(ctx, tx, batch); err != nil {
			return err
		}
		staying = nil
		for _, call := range batch {
			if call.phase.Load() == committing || call.phase.CompareAndSwap(waiting, committing) {
				staying = append(staying, call)
			}
		}
		if len(staying) < len(batch) {
			return errTakenOut
		}
		return nil
	})
	if errors.Is(err, errTakenOut) {
		err = nil
	}
	return staying, err
}
