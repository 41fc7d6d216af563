package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
)

// note is a row of the audit without a request: a denial or a reading.
type note struct {
	table    string
	at       time.Time
	source   Source
	teamID   string
	channel  string
	userID   string
	rule     string
	chatID   string // of a reading
	searched string // of a reading
	delivery string
}

const (
	tableDenials  = "denials"
	tableReadings = "readings"
)

// trail writes notes, many in one transaction. Who brings one waits for a moment at most; while the
// store cannot be written, notes wait in memory, and each is written once it can.
type trail struct {
	cfg    trailConfig
	quotas *quotas
	notes  chan *waitingNote
	// closing is held for reading while a note is handed over, so that close leaves none behind.
	closing sync.RWMutex
	closed  bool
	giveUp  context.CancelFunc // lets go of what waits
	stopped chan struct{}
}

type trailConfig struct {
	Store store
	Now   func() time.Time
	Log   *logrus.Entry
}

// waitingNote is a note on its way to the store. Its fields belong to the writer until done is closed.
type waitingNote struct {
	note
	done     chan struct{}
	repeated bool // its delivery was spent before

	// What the first try decided, which holds for the next ones: the rate limit counts a note once.
	decided bool
	row     bool  // it gets a row of its own
	leftOut int64 // how many got none before it
}

const (
	// trailPatience is how long somebody waits for the record of what they did.
	trailPatience = 300 * time.Millisecond
	// mostWaitingNotes bounds what waits while the store cannot be written.
	mostWaitingNotes = 1000
	// notesBatchSize is small, so that accepting waits for one batch at the most.
	notesBatchSize = 64
	// trailTick is how often rows are written for what was left out since the last one.
	trailTick = time.Minute
	// trailFlush is how long closing waits for the store.
	trailFlush = time.Second

	firstNoteRetry = 50 * time.Millisecond
	lastNoteRetry  = time.Second
)

func newTrail(cfg trailConfig) *trail {
	ctx, giveUp := context.WithCancel(context.Background())
	t := &trail{
		cfg: cfg, quotas: newQuotas(), notes: make(chan *waitingNote, mostWaitingNotes),
		giveUp: giveUp, stopped: make(chan struct{}),
	}
	go t.run(ctx)
	return t
}

var errNoRoom = errors.New("ledger: too much waits to be written")

func (t *trail) keep(ctx context.Context, n note) (repeated bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), trailPatience)
	defer cancel()
	n.at = t.cfg.Now()
	if n.delivery != "" {
		// What comes again costs a read. If that fails, the transaction finds out.
		if seen, err := isSeen(ctx, t.cfg.Store.reader(), n.delivery); err == nil && seen {
			return true, nil
		}
	}
	w := &waitingNote{note: n, done: make(chan struct{})}
	if !t.enqueue(w) {
		t.quotas.leaveOut(n)
		return false, fmt.Errorf("record what was %s: %w", n.what(), errNoRoom)
	}
	select {
	case <-w.done:
		return w.repeated, nil
	case <-ctx.Done():
		return false, nil
	}
}

func (n note) what() State {
	if n.table == tableReadings {
		return Read
	}
	return Denied
}

func (t *trail) enqueue(w *waitingNote) bool {
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

// close writes what waits, for as long as trailFlush.
func (t *trail) close() {
	t.closing.Lock()
	if !t.closed {
		t.closed = true
		close(t.notes)
	}
	t.closing.Unlock()
	late := time.AfterFunc(trailFlush, t.giveUp)
	defer late.Stop()
	<-t.stopped
}

func (t *trail) run(ctx context.Context) {
	defer close(t.stopped)
	defer t.giveUp()
	tick := time.NewTicker(trailTick)
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
func (t *trail) writeRest(ctx context.Context, atEnd bool) {
	for batch := range slices.Chunk(t.quotas.rest(t.cfg.Now(), atEnd), notesBatchSize) {
		t.write(ctx, batch)
	}
}

// gather takes what waits besides the first.
func (t *trail) gather(first *waitingNote) []*waitingNote {
	batch := []*waitingNote{first}
	for len(batch) < notesBatchSize {
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
func (t *trail) write(ctx context.Context, batch []*waitingNote) {
	for wait := firstNoteRetry; ; wait = min(2*wait, lastNoteRetry) {
		err := ctx.Err()
		if err == nil {
			err = t.tryWrite(ctx, batch)
		}
		if err == nil {
			break
		}
		if wait == firstNoteRetry {
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

func (t *trail) tryWrite(ctx context.Context, batch []*waitingNote) error {
	ctx, cancel := context.WithTimeout(ctx, batchTime)
	defer cancel()
	return t.cfg.Store.inTx(ctx, func(tx tx) error {
		if err := pruneEvents(ctx, tx, t.cfg.Now()); err != nil {
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
func (t *trail) insert(ctx context.Context, tx tx, w *waitingNote) error {
	if w.delivery != "" {
		fresh, err := spend(ctx, tx, w.delivery, w.at)
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
		w.row, w.leftOut = t.quotas.take(w.note, t.cfg.Now())
	}
	if !w.row {
		return nil
	}
	columns, values := "at, source, team_id, channel_id, user_id, rule, left_out", "$1, $2, $3, $4, $5, $6, $7"
	args := []any{micros(w.at), string(w.source), w.teamID, w.channel, w.userID, w.rule, w.leftOut}
	if w.table == tableReadings {
		columns, values = columns+", chat_id, searched", values+", $8, $9"
		args = append(args, w.chatID, w.searched)
	}
	_, err := tx.exec(ctx, `INSERT INTO `+w.table+` (`+columns+`) VALUES (`+values+`)`, args...)
	return err
}
