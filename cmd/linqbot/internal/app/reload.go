package app

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/logging"
	"linqbot/ledger"
)

// live is the instance that serves now. When the settings are read again, another takes its place as a whole.
// Requests and steps that are under way end with the old one, and the next begin with the new one.
type live struct {
	liveConfig
	cfg     config.Settings // of the one that serves
	current atomic.Pointer[instance]
	forget  context.CancelFunc // ends what the current one asks Slack and Linq in the background
	old     []retired
}

type liveConfig struct {
	build  func(cfg config.Settings) (*instance, error)
	read   func() (config.Settings, error)
	logger *logrus.Logger
}

// retired is an instance that served before.
type retired struct {
	instance *instance
	at       time.Time
}

func newLive(ctx context.Context, cfg config.Settings, config liveConfig) (*live, error) {
	l := &live{liveConfig: config, cfg: cfg}
	built, err := l.build(cfg)
	if err != nil {
		return nil, err
	}
	l.install(ctx, built)
	built.tryKey(ctx)
	return l, nil
}

func (l *live) install(ctx context.Context, next *instance) {
	ctx, l.forget = context.WithCancel(ctx)
	l.current.Store(next)
	go next.teams.Learn(ctx)
	go next.book.Fill(ctx)
}

// ServeHTTP implements [http.Handler].
func (l *live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.current.Load().handler.ServeHTTP(w, r)
}

// workers hand each step to the instance that serves when it begins.
func (l *live) workers() ledger.Workers {
	workers := l.current.Load().workers
	workers.Try = func(ctx context.Context, id string) (time.Duration, error) {
		return l.current.Load().workers.Try(ctx, id)
	}
	workers.Confirm = func(ctx context.Context, id string) (time.Duration, error) {
		return l.current.Load().workers.Confirm(ctx, id)
	}
	workers.Show = func(ctx context.Context, id string) (time.Duration, error) {
		return l.current.Load().workers.Show(ctx, id)
	}
	workers.Execute = func(ctx context.Context, id string) (time.Duration, error) {
		return l.current.Load().workers.Execute(ctx, id)
	}
	return workers
}

// reload reads the settings again. Unless all of them are right, the old ones stay in force.
func (l *live) reload(ctx context.Context) {
	const kept = "the settings were read again and not taken: the old ones stay in force"
	cfg, err := l.read()
	if err != nil {
		l.logger.WithError(err).Error(kept)
		return
	}
	if later := cfg.KeepFixed(l.cfg); len(later) > 0 {
		l.logger.WithField("variables", strings.Join(later, ", ")).Warn("these take effect at the next start")
	}
	cfg.RedactToo(l.cfg) // what is under way may still repeat them
	next, err := l.build(cfg)
	if err != nil {
		l.logger.WithError(err).Error(kept)
		return
	}
	logging.Configure(l.logger, cfg)
	l.forget()
	old := l.current.Load()
	said := cfg.Reread(l.cfg)
	sameKey := cfg.LinqKey == l.cfg.LinqKey && cfg.LinqURL == l.cfg.LinqURL
	l.cfg = cfg
	if sameKey {
		next.book.Inherit(old.book)
	}
	l.install(ctx, next)
	if sameKey { // Linq may have asked for a pause
		next.key.refused.Store(old.key.refused.Load())
	} else {
		next.tryKey(ctx)
	}
	l.retire(old, time.Now())
	logReread(said, l.logger)
	logCautions(&cfg, l.logger)
}

// retire keeps an instance that gets no more requests, so that the end of the process can wait for it. It drops
// those that have nothing under way. Requests and what follows them end within half a minute. Its Home tells no more
// news; a tab that is open stands still until the person comes back to it.
func (l *live) retire(old *instance, now time.Time) {
	const over = time.Minute
	old.bot.Drain()
	l.old = slices.DeleteFunc(l.old, func(each retired) bool { return now.Sub(each.at) > over })
	l.old = append(l.old, retired{instance: old, at: now})
}

// drain makes the current instance say that no more work is taken.
func (l *live) drain() { l.current.Load().bot.Drain() }

// wait returns when what follows the answers is done, or ctx ends.
func (l *live) wait(ctx context.Context) {
	l.current.Load().bot.Wait(ctx)
	for _, each := range l.old {
		each.instance.bot.Wait(ctx)
	}
}
