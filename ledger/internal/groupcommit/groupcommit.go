// Package groupcommit commits what many callers bring in one transaction, so that they share one flush of the
// disk. A caller may give up until just before the commit. It is told for certain what became of what it
// brought, unless the answer to the commit itself is late or lost. The package knows transactions, and nothing
// of what is recorded in them. Begin with [Committer.Commit].
package groupcommit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"linqbot/ledger/internal/store"
)

var (
	// ErrNotRecorded says that what a caller brought is not committed and never will be.
	ErrNotRecorded = errors.New("ledger: not recorded")
	// ErrDoubtful says that the commit was under way when time ran out.
	ErrDoubtful = errors.New("ledger: not known whether recorded")
)

// call is what a caller brought, on its way through the committer. The first to move phase away from waiting decides.
// If the committer is first, the call is committed; if the caller is, it never is.
type call[T any] struct {
	entry T
	phase atomic.Int32
	done  chan struct{}
	err   error
}

const (
	waiting int32 = iota
	committing
	abandoned
)

func (c *call[T]) finish(err error) {
	c.err = err
	close(c.done)
}

// Committer commits entries.
type Committer[T any] struct {
	cfg   Config[T]
	calls chan *call[T]
	// closing is held for reading while a call is handed over, so that Close leaves none behind.
	closing sync.RWMutex
	closed  bool
	stopped chan struct{}
}

// Config is what a [Committer] needs.
type Config[T any] struct {
	Store store.Store
	// Size is how many rows an entry is for.
	Size func(entry T) int
	// Record records entries in a transaction. It is run anew when a caller gives up, and after trouble.
	Record func(ctx context.Context, tx store.Tx, entries []T) error
	// IsRecorded looks whether a transaction took place that recorded entries.
	IsRecorded func(ctx context.Context, entries []T) bool
	// Committed is called after each commit that may have recorded something.
	Committed func()
}

const (
	// largestBatch bounds the rows of one commit: each that is not new costs some queries.
	largestBatch = 64
	// gathering is how often others may run before a batch is begun. It takes microseconds, and makes
	// a tenth more orders a second of 32 connections on two cores.
	gathering = 30
	// batchTime bounds one commit, so that a store that does not answer is told apart from a slow
	// one within the time that Slack gives.
	batchTime = 2 * time.Second
	// commitGrace is how long a caller whose time is up waits for a commit that is under way.
	commitGrace = 300 * time.Millisecond
	// commitTries is how often a batch is begun, since a connection may have died while it was idle. A batch whose
	// grounds another replica has changed is begun again without counting, since that is progress. Nothing takes effect
	// before the commit.
	commitTries = 3
)

// New starts a committer, which runs until [Committer.Close].
func New[T any](cfg Config[T]) *Committer[T] {
	c := &Committer[T]{cfg: cfg, calls: make(chan *call[T], largestBatch), stopped: make(chan struct{})}
	go c.run()
	return c
}

// Commit records an entry, and returns when it is on disk. [ErrNotRecorded] means that it is not recorded nor
// will be; [ErrDoubtful] that ctx ended while the commit itself was under way.
func (c *Committer[T]) Commit(ctx context.Context, entry T) error {
	mine := &call[T]{entry: entry, done: make(chan struct{})}
	if err := c.enqueue(ctx, mine); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
	}
	if mine.phase.CompareAndSwap(waiting, abandoned) {
		return fmt.Errorf("%w: %w", ErrNotRecorded, ctx.Err())
	}
	grace := time.NewTimer(commitGrace)
	defer grace.Stop()
	select {
	case <-mine.done:
		return mine.err
	case <-grace.C:
		return fmt.Errorf("%w: %w", ErrDoubtful, ctx.Err())
	}
}

func (c *Committer[T]) enqueue(ctx context.Context, mine *call[T]) error {
	c.closing.RLock()
	defer c.closing.RUnlock()
	if c.closed {
		return errors.New("the ledger is closed")
	}
	select {
	case c.calls <- mine:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close commits what was brought before, and takes no more.
func (c *Committer[T]) Close() {
	c.closing.Lock()
	if !c.closed {
		c.closed = true
		close(c.calls)
	}
	c.closing.Unlock()
	<-c.stopped
}

func (c *Committer[T]) run() {
	defer close(c.stopped)
	for first := range c.calls {
		for range gathering {
			runtime.Gosched() // the others may be about to bring something as well
		}
		batch, rows := []*call[T]{first}, c.cfg.Size(first.entry)
		for more := true; more && rows < largestBatch; {
			select {
			case next, ok := <-c.calls:
				if !ok {
					more = false
					break
				}
				batch, rows = append(batch, next), rows+c.cfg.Size(next.entry)
			default:
				more = false
			}
		}
		c.commit(batch)
	}
}

// commit records a batch. A caller may give up until just before the commit; what it brought is
// then taken out and the rest is done again.
func (c *Committer[T]) commit(batch []*call[T]) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	for try := 1; len(batch) > 0; {
		staying, err := c.tryCommit(ctx, batch)
		switch {
		case errors.Is(err, store.ErrCommitUnknown):
			c.resolve(ctx, staying, err)
			return
		case errors.Is(err, store.ErrMoved) && ctx.Err() == nil:
			continue
		case err != nil && try < commitTries && ctx.Err() == nil:
			try++
			continue
		case err != nil:
			finish(staying, fmt.Errorf("%w: %w", ErrNotRecorded, err))
			return
		case len(staying) == len(batch):
			finish(staying, nil)
			c.cfg.Committed()
			return
		}
		batch = staying
	}
}

func finish[T any](calls []*call[T], err error) {
	for _, each := range calls {
		each.finish(err)
	}
}

// resolve looks whether a commit took place whose answer was lost. Where it is not seen, it may
// still take place: that stays in doubt.
func (c *Committer[T]) resolve(ctx context.Context, batch []*call[T], lost error) {
	defer c.cfg.Committed()
	if !c.cfg.IsRecorded(ctx, entriesOf(batch)) {
		finish(batch, fmt.Errorf("%w: %w", ErrDoubtful, lost))
		return
	}
	finish(batch, nil)
}

func entriesOf[T any](calls []*call[T]) []T {
	entries := make([]T, len(calls))
	for i, each := range calls {
		entries[i] = each.entry
	}
	return entries
}

var errTakenOut = errors.New("ledger: a caller gave up")

// tryCommit returns the calls that still wait. They are committed only when they are the whole
// batch and there is no error.
func (c *Committer[T]) tryCommit(ctx context.Context, batch []*call[T]) (staying []*call[T], err error) {
	staying = batch
	err = c.cfg.Store.AcceptTx(ctx, func(tx store.Tx) error {
		if err := c.cfg.Record(ctx, tx, entriesOf(batch)); err != nil {
			return err
		}
		staying = nil
		for _, each := range batch {
			if each.phase.Load() == committing || each.phase.CompareAndSwap(waiting, committing) {
				staying = append(staying, each)
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
