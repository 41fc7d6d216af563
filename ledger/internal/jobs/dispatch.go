package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/ledger/internal/outage"
	"linqbot/ledger/internal/store"
)

const (
	// handOverBatch is small, so that accepting waits for one batch at the most.
	handOverBatch = 64
	// enoughForRiver keeps the workers busy until the next sweep.
	enoughForRiver = 64
	// sweepEvery finds what is due to be shown, and what the crash of another replica left between accepting and
	// handing over. It is also how soon what could not be done is tried again.
	sweepEvery = 250 * time.Millisecond
	// sweepAlone is for a store to which nobody else writes, where [Dispatcher.Wake] tells of all there is to do.
	sweepAlone = time.Second
)

// Dispatcher hands to River what the rows of the requests say is due.
type Dispatcher struct {
	cfg  DispatcherConfig
	wake chan struct{}
}

// DispatcherConfig is what a [Dispatcher] needs.
type DispatcherConfig struct {
	Store store.Store
	Log   *logrus.Entry
	Lost  *outage.Log // takes what there is to say of an outage
	Now   func() time.Time
	// Swept is told of each sweep that the store answered.
	Swept func(ctx context.Context)
}

// NewDispatcher returns a dispatcher that does nothing before [Dispatcher.Run].
func NewDispatcher(cfg DispatcherConfig) *Dispatcher {
	return &Dispatcher{cfg: cfg, wake: make(chan struct{}, 1)}
}

// Wake says that a request was accepted, or is to be shown at another moment than before.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default: // a wake-up is already on its way
	}
}

// Run hands accepted requests over until ctx ends: at once when a commit wakes it, and in a sweep.
func (d *Dispatcher) Run(ctx context.Context) {
	sweep := time.NewTimer(0)
	defer sweep.Stop()
	for {
		left, err := d.sweep(ctx)
		switch {
		case err == nil:
			d.cfg.Swept(ctx)
		case ctx.Err() == nil && !d.cfg.Lost.Takes(err.Error()):
			d.cfg.Log.WithError(err).Warn("requests could not be handed over; trying again")
		}
		woken := d.wake
		if left.accepted { // there is no room for what is accepted now
			woken = nil
		}
		sweep.Reset(d.pause(left, err))
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-sweep.C:
		}
	}
}

// pause returns how long to wait for the next sweep.
func (d *Dispatcher) pause(left leftOver, err error) time.Duration {
	if !d.cfg.Store.Alone() || err != nil || left.accepted || d.cfg.Lost.Lasts() {
		return sweepEvery
	}
	if left.showBy.IsZero() {
		return sweepAlone
	}
	due := left.showBy.Sub(d.cfg.Now())
	if due <= 0 { // there was no room for it
		return sweepEvery
	}
	return min(due, sweepAlone)
}

// leftOver is what a sweep leaves to the next one.
type leftOver struct {
	accepted bool      // accepted requests have to wait for room in River
	showBy   time.Time // when something is due to be shown; zero: nothing is
}

// selectLeft repeats the conditions of indexes. Without them these are not used.
const selectLeft = `
	SELECT EXISTS (SELECT 1 FROM requests WHERE ` + waiting + `), EXISTS (SELECT 1 FROM requests WHERE ` + waitingInPause + `),
		COALESCE((SELECT MIN(show_by) FROM requests WHERE show_by > 0), 0),
		` + removalsPaused + `,
		EXISTS (SELECT 1 FROM batches WHERE NOT handed_over)`

const removalsPaused = `EXISTS (SELECT 1 FROM settings WHERE name = '` + store.SettingPaused + `' AND value <> '')`

// waiting are the requests to be handed over, waitingInPause those of them that go on while removals are paused.
const (
	waiting        = `NOT handed_over AND NOT (` + store.HeldByBatch + `)`
	waitingInPause = waiting + ` AND kind <> 'remove'`
)

// sweep looks before it waits for the right to write, since mostly there is nothing to do. It ends when nothing
// is left that can be done, or when other replicas have what is left.
func (d *Dispatcher) sweep(ctx context.Context) (leftOver, error) {
	for ctx.Err() == nil {
		var accepted, goingOn, paused, batches bool
		var showBy int64
		err := d.cfg.Store.Reader().QueryRow(ctx, selectLeft).Scan(&accepted, &goingOn, &showBy, &paused, &batches)
		if err != nil {
			return leftOver{}, fmt.Errorf("sweep: %w", err)
		}
		chosen := waiting
		if paused {
			accepted, chosen = goingOn, waitingInPause
		}
		left := leftOver{accepted: accepted, showBy: store.FromMicros(showBy)}
		unshown := showBy > 0 && showBy <= store.Micros(d.cfg.Now())
		if accepted, err = d.hasRoom(ctx, TryQueue, accepted); err != nil {
			return leftOver{}, err
		}
		if unshown, err = d.hasRoom(ctx, showQueue, unshown); err != nil {
			return leftOver{}, err
		}
		left.accepted = left.accepted && !accepted
		taken := 0
		for _, part := range []struct {
			due  bool
			take func(context.Context) (int, error)
		}{{accepted, func(ctx context.Context) (int, error) { return d.handOverRequests(ctx, chosen) }}, {unshown, d.showDue}, {batches, d.handOverBatches}} {
			if !part.due {
				continue
			}
			n, err := part.take(ctx)
			if err != nil {
				return leftOver{}, err
			}
			taken += n
		}
		if taken == 0 {
			return left, nil
		}
	}
	return leftOver{}, ctx.Err()
}

// hasRoom reports whether a queue of River's is to be given what waits for it. A backlog waits in our
// rows, where it costs nothing; in River it would compete with accepting for the one writer.
func (d *Dispatcher) hasRoom(ctx context.Context, queue string, waits bool) (bool, error) {
	if !waits {
		return false, nil
	}
	var available int
	err := d.cfg.Store.Reader().QueryRow(ctx, `
		SELECT COUNT(*) FROM (SELECT 1 FROM river_job WHERE state = 'available' AND queue = $1 LIMIT $2) AS waiting`,
		queue, enoughForRiver).Scan(&available)
	if err != nil {
		return false, fmt.Errorf("sweep: %w", err)
	}
	return available < enoughForRiver, nil
}

// handOverRequests gives the oldest of the chosen requests to River in the transaction that marks them, and
// begins their history there, so that the ack rests on the one row. What was held comes a second time. It returns
// how many.
func (d *Dispatcher) handOverRequests(ctx context.Context, chosenBy string) (taken int, err error) {
	err = d.cfg.Store.AsyncTx(ctx, func(tx store.Tx) error {
		ids, chosen, err := store.TakeRequests(ctx, tx, d.cfg.Store.Dialect(), `WHERE `+chosenBy+` ORDER BY accepted_at LIMIT $1`, handOverBatch)
		taken = len(ids)
		if err != nil || taken == 0 {
			return err
		}
		bulk, err := store.Strings(ctx, tx, `
			UPDATE requests SET handed_over = TRUE WHERE id `+d.cfg.Store.Dialect().InList("$1")+`
			RETURNING CASE WHEN batch_id = '' THEN '' ELSE id END`, chosen)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO history (request_id, at, state, cause, trace_id)
			SELECT id, accepted_at, state, 'asked for by ' || source, '' FROM requests
			WHERE id `+d.cfg.Store.Dialect().InList("$1")+` AND NOT EXISTS (SELECT 1 FROM history h
				WHERE h.request_id = requests.id AND h.cause = 'asked for by ' || requests.source)`, chosen); err != nil {
			return err
		}
		jobs := make([]Job, len(ids))
		for i, id := range ids {
			jobs[i] = try(id, slices.Contains(bulk, id))
		}
		return Insert(ctx, tx, jobs...)
	})
	if err != nil {
		return 0, fmt.Errorf("hand over accepted requests: %w", err)
	}
	return taken, nil
}

// showDue sets off the showing of what has waited for news long enough. That counts as news, for a
// showing that runs at this moment and keeps this one from being set off. It returns how much.
func (d *Dispatcher) showDue(ctx context.Context) (taken int, err error) {
	err = d.cfg.Store.AsyncTx(ctx, func(tx store.Tx) error {
		ids, chosen, err := store.TakeRequests(ctx, tx, d.cfg.Store.Dialect(), `WHERE show_by > 0 AND show_by <= $1 ORDER BY show_by LIMIT $2`,
			store.Micros(d.cfg.Now()), handOverBatch)
		taken = len(ids)
		if err != nil || taken == 0 {
			return err
		}
		deliveries, err := store.Strings(ctx, tx, `
			UPDATE requests SET show_by = 0, news = news + 1 WHERE id `+d.cfg.Store.Dialect().InList("$1")+` RETURNING delivery`, chosen)
		if err != nil {
			return err
		}
		slices.Sort(deliveries) // the same order in every replica, so that none waits for another that waits for it
		jobs := make([]Job, len(deliveries))
		for i, delivery := range deliveries {
			jobs[i] = Show(delivery)
		}
		return Insert(ctx, tx, jobs...)
	})
	if err != nil {
		return 0, fmt.Errorf("set off showing: %w", err)
	}
	return taken, nil
}
