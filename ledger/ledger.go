// Package ledger is the durable record: requests, their history, where each shows in Slack, what people were
// denied and what they read, and the jobs that carry requests on. A request is one row, committed before it is
// acknowledged. Everything after that is done by jobs, each of which may run twice and is idempotent.
//
//	Accept ──▶ group commit ──▶ request, one row ──▶ the caller may acknowledge
//	                                  │ handed over at once, or by a sweep
//	                                  ▼
//	                            River's jobs ──▶ Workers: Try, Confirm, Show, Execute
//	                                  ▲                  │
//	                 follow-up jobs   │                  ▼
//	                                  └──────────────── Save: new version, history, Changed
//
//	Deny, KeepReading ──▶ trail ──▶ rows of the audit          Reader ──▶ packages audit and backlog
//
// It knows states and who waits for what. It does not know what a step does, what Slack or Linq say, or who may
// act. Which store is in use is known to linqbot/ledger/database alone.
//
// This package owns transactions, jobs and what goes on in the background. What a request and a batch are, with their
// statements, is in packages of their own, and names.go lets everybody else use them as the ledger's:
//
//	ledger ──▶ accept, batches ──▶ requests ──▶ limits ──▶ store
//
// Begin with [Ledger.Accept], [Workers] and [Ledger.Save].
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/ledger/database"
	"linqbot/ledger/internal/accept"
	"linqbot/ledger/internal/groupcommit"
	"linqbot/ledger/internal/jobs"
	"linqbot/ledger/internal/limits"
	"linqbot/ledger/internal/outage"
	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/trail"
)

// Errors that callers tell apart.
var (
	// ErrNotRecorded says that an order is certainly not in the ledger and never will be.
	ErrNotRecorded = groupcommit.ErrNotRecorded
	// ErrNotFound says that there is no such row.
	ErrNotFound = store.ErrNotFound
	// ErrOutage says that the store does not answer, which the ledger itself logs.
	ErrOutage = errors.New("ledger: an outage")
	// ErrStale says that the request was changed since it was loaded: load it and decide again.
	ErrStale = errors.New("ledger: changed meanwhile")
	// ErrHeld is what a Try returns when nothing may be sent for now: its batch, or all removals, are paused. The request
	// is tried again once that is over.
	ErrHeld = jobs.ErrHeld
	// ErrNewerSchema says that a newer linqbot has changed the schema.
	ErrNewerSchema = store.ErrNewerSchema
)

// Config is what a ledger needs.
type Config struct {
	URL    string           // sqlite://PATH or postgres://…
	Logger *logrus.Logger   // required
	Now    func() time.Time // defaults to time.Now

	// Retention is how long after its end a request is kept, with all that belongs to it. 0 keeps it for good.
	Retention time.Duration

	// Changed is called with each change of a request's state once it is stored. It must not take long.
	// Optional.
	Changed func(Transition)
}

// Ledger is an open ledger. It is safe for concurrent use.
type Ledger struct {
	log   *logrus.Entry
	now   func() time.Time
	store store.Store
	lost  *outage.Log
	keep  time.Duration // how long a request is kept after its end; 0 keeps it for good

	changed func(Transition)

	counter    limits.Counter // of removals
	accepting  *groupcommit.Committer[*accept.Call]
	trail      *trail.Trail
	dispatcher *jobs.Dispatcher
	runner     *jobs.Runner
	working    atomic.Bool
	paused     pauseCache
	probe      struct {
		sync.Mutex
		last atomic.Pointer[Probe]
	}

	background sync.WaitGroup
	stop       context.CancelFunc
}

// Open opens the ledger that cfg.URL names and brings its schema up to date. On SQLite it also takes
// back what a crash left running; on PostgreSQL this process and the others do that once they are started.
// Orders are accepted from here on; they are carried on after [Ledger.Start].
func Open(ctx context.Context, cfg Config) (*Ledger, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	made, err := database.MakeFolder(cfg.URL)
	if err != nil {
		return nil, err
	}
	if made != "" {
		cfg.Logger.WithFields(logrus.Fields{"part": "ledger", "folder": made}).Warn("DATABASE_URL names a folder that was not there; it was made")
	}
	opened, err := database.Open(ctx, cfg.URL)
	if err != nil {
		return nil, err
	}
	l := &Ledger{
		log:     cfg.Logger.WithField("part", "ledger"),
		now:     cfg.Now,
		store:   opened,
		keep:    cfg.Retention,
		changed: cfg.Changed,
	}
	l.lost = outage.New(l.log, cfg.Now)
	l.dispatcher = jobs.NewDispatcher(jobs.DispatcherConfig{Store: opened, Log: l.log, Lost: l.lost, Now: cfg.Now, Swept: l.lookWhetherOver})
	l.counter = limits.NewCounter(opened.Alone())
	l.accepting = accept.New(opened, cfg.Now, l.counter).Committer(l.dispatcher.Wake)
	l.trail = trail.New(trail.Config{Store: opened, Now: cfg.Now, Log: l.log})
	return l, nil
}

// Ready reports whether the ledger takes orders and its workers run. It writes, as accepting does, so that it
// fails on a full disk too. Since anyone may ask, the result is cached for one second; so it does not depend on
// how long the first caller waits for it.
func (l *Ledger) Ready(ctx context.Context) error {
	if !l.working.Load() {
		return errors.New("ledger: the workers do not run")
	}
	l.probe.Lock()
	defer l.probe.Unlock()
	last := l.LastProbe()
	if now := l.now(); now.Sub(last.At) >= time.Second {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTime)
		defer cancel()
		last.Err = l.probeBoth(ctx, now)
		last.At = l.now()
		l.probe.last.Store(&last)
	}
	if last.Err != nil && l.lost.Lasts() {
		return fmt.Errorf("%w: %w", ErrOutage, last.Err)
	}
	return last.Err
}

// Probe is what came of writing to the store to see whether it can be written.
type Probe struct {
	At  time.Time // zero if nobody has asked yet
	Err error
}

// LastProbe returns what came of the last probe that [Ledger.Ready] made. It asks the store nothing.
func (l *Ledger) LastProbe() Probe {
	if last := l.probe.last.Load(); last != nil {
		return *last
	}
	return Probe{}
}

// Working reports whether the workers run.
func (l *Ledger) Working() bool { return l.working.Load() }

// probeBoth writes by the connections of the work and by those of accepting.
func (l *Ledger) probeBoth(ctx context.Context, now time.Time) error {
	at := now.UTC().Format(time.RFC3339)
	if err := l.Keep(ctx, settingProbed, at); err != nil {
		return err
	}
	return l.store.AcceptTx(ctx, func(tx store.Tx) error { return keep(ctx, tx, settingProbed, at) })
}

// lookWhetherOver writes once an outage has settled: on a full disk reading goes on as ever.
func (l *Ledger) lookWhetherOver(ctx context.Context) {
	if !l.lost.Settled() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	if err := l.Keep(ctx, settingProbed, l.now().UTC().Format(time.RFC3339)); err != nil {
		l.lost.Takes(err.Error())
		return
	}
	l.lost.Over()
}

const (
	settingProbed = "ready_probed"
	probeTime     = 2 * time.Second
)

// Close records what was handed to [Ledger.Accept] before, and the denials and readings that wait. Then it
// closes the store. Stop the workers first.
func (l *Ledger) Close() error {
	l.accepting.Close()
	l.trail.Close()
	return l.store.Close()
}

// Setting returns what was kept under name, or "".
func (l *Ledger) Setting(ctx context.Context, name string) (string, error) {
	return setting(ctx, l.store.Reader(), name)
}

// Setting returns what was kept under name, or "".
func (r *Reader) Setting(ctx context.Context, name string) (string, error) {
	return setting(ctx, r.from.Reader(), name)
}

func setting(ctx context.Context, in store.Querier, name string) (string, error) {
	var value string
	err := in.QueryRow(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, nil
}

// Keep keeps value under name.
func (l *Ledger) Keep(ctx context.Context, name, value string) error {
	return keep(ctx, l.store.Writer(), name, value)
}

func keep(ctx context.Context, in store.Querier, name, value string) error {
	_, err := in.Exec(ctx, `
		INSERT INTO settings (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("keep setting %s: %w", name, err)
	}
	return nil
}
