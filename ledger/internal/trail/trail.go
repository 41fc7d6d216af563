// Package trail records what people were denied and what they read: the rows of the audit that belong to no
// request. It writes them beside the work, bounds how many one person can make, and reads them back. It knows
// two tables and what spends a delivery, and nothing of requests or the policy. Begin with [Trail.Keep].
package trail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/ledger/internal/events"
	"linqbot/ledger/internal/store"
)

// Trail writes notes, many in one transaction. A caller waits for a moment at most. While the store cannot be
// written, notes wait in memory, and are written later.
type Trail struct {
	cfg    Config
	quotas *quotas
	notes  chan *waiting
	// closing is held for reading while a note is handed over, so that Close leaves none behind.
	closing sync.RWMutex
	closed  bool
	giveUp  context.CancelFunc // lets go of what waits
	stopped chan struct{}
}

// Config is what a [Trail] needs.
type Config struct {
	Store store.Store
	Now   func() time.Time
	Log   *logrus.Entry
}

// waiting is a note on its way to the store. Its fields belong to the writer until done is closed.
type waiting struct {
	Note
	done     chan struct{}
	repeated bool // its delivery was spent before

	// What the first try decided, which holds for the next ones: the rate limit counts a note once.
	decided bool
	row     bool  // it gets a row of its own
	leftOut int64 // how many got none before it
}

const (
	// patience is how long somebody waits for the record of what they did.
	patience = 300 * time.Millisecond
	// mostWaiting bounds what waits while the store cannot be written.
	mostWaiting = 1000
	// batchSize is small, so that accepting waits for one batch at the most.
	batchSize = 64
	// writeTime bounds one transaction.
	writeTime = 2 * time.Second
	// tickEvery is how often rows are written for what was left out since the last one.
	tickEvery = time.Minute
	// flushTime is how long closing waits for the store.
	flushTime = time.Second

	firstRetry = 50 * time.Millisecond
	lastRetry  = time.Second
)

// New starts a writer, which runs until [Trail.Close].
func New(cfg Config) *Trail {
	ctx, giveUp := context.WithCancel(context.Background())
	t := &Trail{
		cfg: cfg, quotas: newQuotas(), notes: make(chan *waiting, mostWaiting),
		giveUp: giveUp, stopped: make(chan struct{}),
	}
	go t.run(ctx)
	return t
}

var errNoRoom = errors.New("ledger: too much waits to be written")

// Keep records a note, and spends its delivery. It returns true for a delivery that was spent or seen before,
// and records nothing then. It takes 300 ms at most. What is not written by then is written later; after an
// error it never is.
func (t *Trail) Keep(ctx context.Context, n Note) (repeated bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	n.At = t.cfg.Now()
	if n.Delivery != "" {
		// What comes again costs a read. If that fails, the transaction finds out.
		if seen, err := events.IsSeen(ctx, t.cfg.Store.Reader(), n.Delivery); err == nil && seen {
			return true, nil
		}
	}
	w := &waiting{Note: n, done: make(chan struct{})}
	if !t.enqueue(w) {
		t.quotas.leaveOut(n)
		return false, fmt.Errorf("record what was %s: %w", n.Kind, errNoRoom)
	}
	select {
	case <-w.done:
		return w.repeated, nil
	case <-ctx.Done():
		return false, nil
	}
}

func (t *Trail) enqueue(w *waiting) bool {
	t.closing.RLock()
	defer t.closing.RUnlock()
	if t.closed {
		return false
	}
	select {
	case t.notes <- w:
		return true
	default:
		return false
	}
}

// Close writes what waits, for as long as flushTime.
func (t *Trail) Close() {
	t.closing.Lock()
	if !t.closed {
		t.closed = true
		close(t.notes)
	}
	t.closing.Unlock()
	late := time.AfterFunc(flushTime, t.giveUp)
	defer late.Stop()
	<-t.stopped
}

func (t *Trail) run(ctx context.Context) {
	defer close(t.stopped)
	defer t.giveUp()
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case first, open := <-t.notes:
			if !open {
				t.writeRest(ctx, true)
				return
			}
			t.write(ctx, t.gather(first))
		case <-tick.C:
			t.writeRest(ctx, false)
		}
	}
}

// writeRest writes the rows that are due for what was left out.
func (t *Trail) writeRest(ctx context.Context, atEnd bool) {
	for batch := range slices.Chunk(t.quotas.rest(t.cfg.Now(), atEnd), batchSize) {
		t.write(ctx, batch)
	}
}

// gather takes what waits besides the first.
func (t *Trail) gather(first *waiting) []*waiting {
	batch := []*waiting{first}
	for len(batch) < batchSize {
		select {
		case next, open := <-t.notes:
			if !open {
				return batch
			}
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// write goes on trying until a batch is written, or ctx ends.
func (t *Trail) write(ctx context.Context, batch []*waiting) {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := ctx.Err()
		if err == nil {
			err = t.tryWrite(ctx, batch)
		}
		if err == nil {
			break
		}
		if wait == firstRetry {
			t.cfg.Log.WithError(err).Warn("denials and readings cannot be recorded yet; trying again")
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			t.cfg.Log.WithError(err).WithField("records", len(batch)).Error("denials and readings were not recorded")
			return
		}
	}
	for _, w := range batch {
		close(w.done)
	}
}

func (t *Trail) tryWrite(ctx context.Context, batch []*waiting) error {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	return t.cfg.Store.InTx(ctx, func(tx store.Tx) error {
		if err := events.Prune(ctx, tx, t.cfg.Now()); err != nil {
			return err
		}
		for _, w := range batch {
			if err := t.insert(ctx, tx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// insert spends the delivery of a note, and adds its row if the rate limit lets it have one.
func (t *Trail) insert(ctx context.Context, tx store.Tx, w *waiting) error {
	if w.Delivery != "" {
		fresh, err := events.Spend(ctx, tx, w.Delivery, w.At)
		if err != nil {
			return err
		}
		if !fresh { // unless it was this note itself, in a try whose commit went through and whose answer was lost
			w.repeated = !w.decided
			return nil
		}
	}
	if !w.decided {
		w.decided = true
		w.row, w.leftOut = t.quotas.take(w.Note, t.cfg.Now())
	}
	if !w.row {
		return nil
	}
	columns, values := "at, source, team_id, channel_id, user_id, rule, left_out", "$1, $2, $3, $4, $5, $6, $7"
	args := []any{store.Micros(w.At), w.Source, w.TeamID, w.ChannelID, w.UserID, w.Rule, w.leftOut}
	if w.Kind == Read {
		columns, values = columns+", chat_id, searched", values+", $8, $9"
		args = append(args, w.ChatID, w.Searched)
	}
	_, err := tx.Exec(ctx, `INSERT INTO `+w.Kind.table()+` (`+columns+`) VALUES (`+values+`)`, args...)
	return err
}
