// Package ledger is the durable record: requests, their history, where each shows in Slack, and the
// jobs that carry them on. A request is one row, committed before it is acknowledged; everything
// after that is done by jobs, each of which may run twice and must not mind.
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
)

// Errors that callers tell apart.
var (
	// ErrNotRecorded says that an order is certainly not in the ledger and never will be.
	ErrNotRecorded = errors.New("ledger: not recorded")
	// ErrDoubtful says that the commit of an order was under way when time ran out.
	ErrDoubtful = errors.New("ledger: not known whether recorded")
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("ledger: not found")
	// ErrOutage says that the store does not answer, which the ledger itself logs.
	ErrOutage = errors.New("ledger: an outage")
	// ErrStale says that the request was changed since it was loaded: load it and decide again.
	ErrStale = errors.New("ledger: changed meanwhile")
)

// Config is what a ledger needs.
type Config struct {
	URL    string           // sqlite://PATH or postgres://…
	Logger *logrus.Logger   // required
	Now    func() time.Time // defaults to time.Now

	// Retention is how long after its end a request is kept, with all that belongs to it; 0: for good.
	Retention time.Duration

	// Changed is told of each change of a request's state once it is stored; nil: nobody is. It must
	// not take long.
	Changed func(Transition)
}

// Ledger is an open ledger. It is safe for concurrent use.
type Ledger struct {
	log   *logrus.Entry
	now   func() time.Time
	store store
	lost  *outage
	keep  time.Duration // how long a request is kept after its end; 0: for good

	changed func(Transition)

	accepting *acceptor
	trail     *trail
	handOver  chan struct{}
	jobs      jobs
	working   atomic.Bool
	probe     struct {
		sync.Mutex
		at  time.Time
		err error
	}

	background sync.WaitGroup
	stop       context.CancelFunc
}

// Open opens the ledger that cfg.URL names and brings its schema up to date. On SQLite it also takes
// back what a crash left running; on PostgreSQL the other replicas, or River's rescuer, do that.
// Orders are accepted from here on; they are carried on after [Ledger.Start].
func Open(ctx context.Context, cfg Config) (*Ledger, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	made, err := MakeFolder(cfg.URL)
	if err != nil {
		return nil, err
	}
	if made != "" {
		cfg.Logger.WithFields(logrus.Fields{"part": "ledger", "folder": made}).Warn("DATABASE_URL names a folder that was not there; it was made")
	}
	opened, err := openStore(ctx, cfg.URL)
	if err != nil {
		return nil, err
	}
	l := &Ledger{
		log:      cfg.Logger.WithField("part", "ledger"),
		now:      cfg.Now,
		store:    opened,
		keep:     cfg.Retention,
		changed:  cfg.Changed,
		handOver: make(chan struct{}, 1),
	}
	l.lost = &outage{log: l.log, now: cfg.Now}
	l.accepting = newAcceptor(acceptorConfig{Store: opened, Now: cfg.Now, Committed: l.wakeDispatcher})
	l.trail = newTrail(trailConfig{Store: opened, Now: cfg.Now, Log: l.log})
	return l, nil
}

// Ready reports whether the ledger takes orders and its workers run. It writes, as accepting does, so
// it fails on a full disk too; but once a second at the most, for anyone may ask. Who asks again in that
// second gets the same answer, so it does not depend on how long the first one waits for it.
func (l *Ledger) Ready(ctx context.Context) error {
	if !l.working.Load() {
		return errors.New("ledger: the workers do not run")
	}
	l.probe.Lock()
	defer l.probe.Unlock()
	if now := l.now(); now.Sub(l.probe.at) >= time.Second {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTime)
		defer cancel()
		l.probe.err = l.Keep(ctx, settingProbed, now.UTC().Format(time.RFC3339))
		l.probe.at = l.now()
	}
	if l.probe.err != nil && l.lost.lasts() {
		return fmt.Errorf("%w: %w", ErrOutage, l.probe.err)
	}
	return l.probe.err
}

const (
	settingProbed = "ready_probed"
	probeTime     = 2 * time.Second
)

// Close records what was handed to [Ledger.Accept] before, and the denials and readings that wait, and
// lets go of the store. Stop the workers first.
func (l *Ledger) Close() error {
	l.accepting.close()
	l.trail.close()
	return l.store.close()
}

// Setting returns what was kept under name, or "".
func (l *Ledger) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := l.store.reader().queryRow(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, nil
}

// Keep keeps value under name.
func (l *Ledger) Keep(ctx context.Context, name, value string) error {
	_, err := l.store.writer().exec(ctx, `
		INSERT INTO settings (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	if err != nil {
		return fmt.Errorf("keep setting %s: %w", name, err)
	}
	return nil
}

func (l *Ledger) wakeDispatcher() {
	select {
	case l.handOver <- struct{}{}:
	default: // a wake-up is already on its way
	}
}
