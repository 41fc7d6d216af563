package postgres

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"linqbot/ledger/internal/store"
)

const (
	renewEvery = 500 * time.Millisecond
	renewTime  = 5 * time.Second
)

// jobs runs River as one owner after the other: when an owner loses its session, others may take over what it runs.
//
//	new owner, new River client ──▶ jobs run ──▶ session lost ──▶ connections cut, jobs cancelled ─┐
//	            ▲                                                                                  │
//	            └──────────────────────────────────────────────────────────────────────────────────┘
type jobs struct {
	db     *DB
	config river.Config

	stop context.CancelFunc
	both sync.WaitGroup // watching and taking over

	mu       sync.Mutex
	current  *term // nil while there is no owner
	stopping bool
}

// NewJobs implements [store.Store].
func (p *DB) NewJobs(config *river.Config) (_ store.Jobs, err error) {
	inserting := *config
	if p.jobs, err = river.NewClient(riverpgxv5.New(p.work), &inserting); err != nil {
		return nil, err
	}
	p.running = &jobs{db: p, config: *config}
	return p.running, nil
}

// Start implements [store.Jobs].
func (j *jobs) Start(ctx context.Context) error {
	first, err := j.begin(ctx)
	if err != nil {
		return err
	}
	j.current = first
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	j.stop = stop
	j.both.Go(func() { j.watch(running, first) })
	j.both.Go(func() { j.takeOver(running) })
	return nil
}

func (j *jobs) begin(ctx context.Context) (*term, error) {
	return beginTerm(ctx, j.db.riverConfig, j.config)
}

// watch keeps an owner until ctx ends.
func (j *jobs) watch(ctx context.Context, t *term) {
	for {
		err := t.owner.watch(ctx)
		if ctx.Err() != nil {
			return
		}
		j.config.Logger.WarnContext(ctx, "the session of those who run jobs is lost; what runs is stopped and begun anew", slog.Any("error", err))
		t.end(ctx)
		j.db.refresh()
		if t = j.renew(ctx); t == nil {
			return
		}
	}
}

// renew begins anew as soon as that is possible. It returns nil when there is no need any more.
func (j *jobs) renew(ctx context.Context) *term {
	j.set(nil)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(renewEvery):
		}
		trying, cancel := context.WithTimeout(ctx, renewTime)
		t, err := j.begin(trying)
		cancel()
		switch {
		case err == nil && j.set(t):
			return t
		case err == nil:
			t.end(ctx)
			return nil
		case ctx.Err() == nil:
			j.config.Logger.WarnContext(ctx, "jobs cannot be run; trying again", slog.Any("error", err))
		}
	}
}

// set reports whether jobs are still to be run.
func (j *jobs) set(t *term) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stopping {
		return false
	}
	j.current = t
	return true
}

func (j *jobs) takeOver(ctx context.Context) {
	again := time.NewTicker(takeOverEvery)
	defer again.Stop()
	for {
		if err := j.db.takeOver(ctx); err != nil && ctx.Err() == nil {
			j.config.Logger.WarnContext(ctx, "the jobs of those who are gone could not be taken over; trying again", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// Stop implements [store.Jobs]. The owner stays until the store is closed: a job may not have ended.
func (j *jobs) Stop(ctx context.Context) error {
	if client := j.last(); client != nil {
		return client.Stop(ctx)
	}
	return nil
}

// StopAndCancel implements [store.Jobs].
func (j *jobs) StopAndCancel(ctx context.Context) error {
	if client := j.last(); client != nil {
		return client.StopAndCancel(ctx)
	}
	return nil
}

// last returns the client after which none comes; nil if there is none now.
func (j *jobs) last() *river.Client[pgx.Tx] {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stopping = true
	if j.current == nil {
		return nil
	}
	return j.current.client
}

// close lets go of what may still run. It ends with the process.
func (j *jobs) close() {
	if j == nil || j.stop == nil {
		return
	}
	j.stop()
	j.both.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.current != nil {
		closePools(j.current.pool)
		j.current.owner.release()
	}
}
