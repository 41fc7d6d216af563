// Package takeover runs River's jobs in a PostgreSQL database that several processes share, and takes over those of a
// process that is gone. Who runs jobs is an owner: a session that holds the lock of a row in the table processes. It
// knows River's tables, and nothing of what a job does. Begin with [Jobs].
package takeover

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"linqbot/ledger/internal/store/postgres/connect"
)

const (
	renewEvery = 500 * time.Millisecond
	renewTime  = 5 * time.Second
)

// Jobs runs River as one owner after the other: when an owner loses its session, others may take over what it runs.
//
//	new owner, new River client ──▶ jobs run ──▶ session lost ──▶ connections cut, jobs cancelled ─┐
//	            ▲                                                                                  │
//	            └──────────────────────────────────────────────────────────────────────────────────┘
type Jobs struct {
	config Config

	stop context.CancelFunc
	both sync.WaitGroup // watching and taking over

	mu       sync.Mutex
	current  *term // nil while there is no owner
	stopping bool
}

// Config is what [Jobs] needs.
type Config struct {
	River river.Config
	Pool  *pgxpool.Config // of the connections by which River runs jobs
	Work  *pgxpool.Pool   // by its connections the jobs of others are taken over
	Lost  func()          // called when an owner has lost its session: other connections may lead to a server that is gone
}

// New returns jobs that run from [Jobs.Start] on.
func New(config Config) *Jobs { return &Jobs{config: config} }

// Start implements store.Jobs.
func (j *Jobs) Start(ctx context.Context) error {
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

func (j *Jobs) begin(ctx context.Context) (*term, error) {
	return beginTerm(ctx, j.config.Pool, j.config.River)
}

// watch keeps an owner until ctx ends.
func (j *Jobs) watch(ctx context.Context, t *term) {
	for {
		err := t.owner.watch(ctx)
		if ctx.Err() != nil {
			return
		}
		j.config.River.Logger.WarnContext(ctx, "the session of those who run jobs is lost; what runs is stopped and begun anew", slog.Any("error", err))
		t.end(ctx)
		j.config.Lost()
		if t = j.renew(ctx); t == nil {
			return
		}
	}
}

// renew begins anew as soon as that is possible. It returns nil when there is no need any more.
func (j *Jobs) renew(ctx context.Context) *term {
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
			j.config.River.Logger.WarnContext(ctx, "jobs cannot be run; trying again", slog.Any("error", err))
		}
	}
}

// set reports whether jobs are still to be run.
func (j *Jobs) set(t *term) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stopping {
		return false
	}
	j.current = t
	return true
}

func (j *Jobs) takeOver(ctx context.Context) {
	again := time.NewTicker(takeOverEvery)
	defer again.Stop()
	for {
		if err := takeOver(ctx, j.config.Work); err != nil && ctx.Err() == nil {
			j.config.River.Logger.WarnContext(ctx, "the jobs of those who are gone could not be taken over; trying again", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// Stop implements store.Jobs. The owner stays until the store is closed: a job may not have ended.
func (j *Jobs) Stop(ctx context.Context) error {
	if client := j.last(); client != nil {
		return client.Stop(ctx)
	}
	return nil
}

// StopAndCancel implements store.Jobs.
func (j *Jobs) StopAndCancel(ctx context.Context) error {
	if client := j.last(); client != nil {
		return client.StopAndCancel(ctx)
	}
	return nil
}

// last returns the client after which none comes; nil if there is none now.
func (j *Jobs) last() *river.Client[pgx.Tx] {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stopping = true
	if j.current == nil {
		return nil
	}
	return j.current.client
}

// Close lets go of what may still run. It ends with the process.
func (j *Jobs) Close() {
	if j == nil || j.stop == nil {
		return
	}
	j.stop()
	j.both.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.current != nil {
		connect.Close(j.current.pool)
		j.current.owner.release()
	}
}
