package takeover

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// endTime is how long what runs may take to end when its owner has lost its session.
const endTime = 5 * time.Second

// term is the time of one owner, with a client of River's that runs jobs in its name.
type term struct {
	owner  *owner
	pool   *pgxpool.Pool // River's, which ends with the owner
	conns  *cutter
	client *river.Client[pgx.Tx]
	over   atomic.Bool

	mu    sync.Mutex
	runs  int
	ended chan struct{} // closed when the term is over and nothing runs
}

// beginTerm takes connections by poolConfig, and runs jobs as config says.
func beginTerm(ctx context.Context, poolConfig *pgxpool.Config, config river.Config) (_ *term, err error) {
	t := &term{conns: newCutter(poolConfig.ConnConfig.DialFunc), ended: make(chan struct{})}
	if t.owner, err = newOwner(ctx, poolConfig.ConnConfig); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			t.end(ctx)
		}
	}()
	poolConfig = poolConfig.Copy()
	poolConfig.ConnConfig.DialFunc = t.conns.dialContext
	if t.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), poolConfig); err != nil {
		return nil, err
	}
	config.ID = t.owner.clientID
	config.Middleware = []rivertype.Middleware{river.WorkerMiddlewareFunc(t.run)}
	config.Logger = slog.New(untilOver{config.Logger.Handler(), &t.over})
	client, err := river.NewClient(riverpgxv5.New(t.pool), &config)
	if err != nil {
		return nil, err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	t.client = client
	return t, nil
}

// run runs a job, unless the term is over.
func (t *term) run(ctx context.Context, _ *rivertype.JobRow, work func(context.Context) error) error {
	t.mu.Lock()
	if t.over.Load() {
		t.mu.Unlock()
		return errCut
	}
	t.runs++
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.runs--; t.runs == 0 && t.over.Load() {
			close(t.ended)
		}
	}()
	return work(ctx)
}

// end stops what runs and waits for its end. Nothing more of it is stored by River, since others may run it by now.
func (t *term) end(ctx context.Context) {
	t.mu.Lock()
	t.over.Store(true)
	if t.runs == 0 {
		close(t.ended)
	}
	t.mu.Unlock()
	t.conns.cutAll()
	if t.pool != nil {
		go t.pool.Close() // from here on it gives no connection; it waits for those that are in use
	}
	if t.client != nil {
		go func() { _ = t.client.StopAndCancel(context.WithoutCancel(ctx)) }() // it tries to resign for a while
		select {
		case <-t.ended:
		case <-time.After(endTime): // it was told to end
		}
	}
	t.owner.release()
}

// untilOver logs nothing of a term that is over: it has lost its connections.
type untilOver struct {
	slog.Handler
	over *atomic.Bool
}

func (h untilOver) Enabled(ctx context.Context, level slog.Level) bool {
	return !h.over.Load() && h.Handler.Enabled(ctx, level)
}

func (h untilOver) WithAttrs(attrs []slog.Attr) slog.Handler {
	return untilOver{h.Handler.WithAttrs(attrs), h.over}
}

func (h untilOver) WithGroup(name string) slog.Handler {
	return untilOver{h.Handler.WithGroup(name), h.over}
}
