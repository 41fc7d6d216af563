// Package app is linqbot as it serves. It puts the packages together, and serves Slack and Linq's webhooks. It reads
// the settings again on SIGHUP, drains on SIGTERM, and serves metrics and profiles at ADMIN_ADDR. It turns what the
// packages say happens into what is measured. What a command or a step does is known to those packages alone.
//
// Begin reading at [Serve], and then at assemble.
package app

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/bot"
	"linqbot/bot/ingress"
	"linqbot/bot/publish/queue"
	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/config"
	"linqbot/ledger"
	"linqbot/linq/breaker"
)

// tuneGC lets the heap, which is small, grow further between two collections: under load they would
// come ten times a second otherwise. A heap that is not small, such as that of many large bodies at
// once, does not grow further. GOGC and GOMEMLIMIT win where they are set.
func tuneGC() {
	const percent, limit = 800, 192 << 20
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// forgetMigrations gives back the buffers of 4 MB in which the library for migrations reads, and which it pools. Two
// collections empty a pool. Otherwise the first collections under load would count them, and let the heap grow to nine
// times as much.
func forgetMigrations() {
	runtime.GC()
	debug.FreeOSMemory()
}

// Serve runs until ctx ends, then drains.
func Serve(ctx context.Context, cfg config.Settings, this build.Build, checks Checks, logger *logrus.Logger) (err error) {
	tuneGC()
	logCautions(&cfg, logger)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	measured := newMetrics(cfg, this)
	records, err := ledger.Open(ctx, ledger.Config{
		URL: cfg.DatabaseURL, Logger: logger, Retention: cfg.Retention, Changed: changed(measured),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()
	forgetMigrations()
	watchBacklog(measured, records)
	watchPause(measured, records)
	common := shared{
		build: this, records: records, measured: measured, logger: logger, scheduler: queue.New(queue.Config{}),
		notices: newNotices(records, measured, logger),
		replays: ingress.NewReplays(), bodies: ingress.NewBodyBudget(0),
		breaker: breaker.New(breaker.Config{Concurrency: cfg.Concurrency, Logger: logger}),
	}
	looked := &look{records: records, breaker: common.breaker, notices: common.notices}
	pages, err := newViewer(cfg, this, looked, checks, logger)
	if err != nil {
		return err
	}
	admin, err := startAdmin(ctx, cfg.AdminAddr, measured, pages, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, admin.close()) }() // after the drain, which is measured too
	serving, err := newLive(ctx, cfg, liveConfig{
		build:  func(cfg config.Settings) (*instance, error) { return assemble(ctx, cfg, common) },
		read:   func() (config.Settings, error) { return config.Load(os.Getenv) },
		logger: logger,
	})
	if err != nil {
		return err
	}
	looked.serving.Store(serving)
	if err := records.Start(ctx, serving.workers()); err != nil {
		return err
	}
	variable := cfg.ListenVariable()
	listener, err := listen(ctx, variable, cfg.ListenAddr, "write one that is free into "+variable)
	if err != nil {
		return errors.Join(err, drain(serving, records, nil))
	}
	server := ingress.NewServer(cfg.ListenAddr, serving, refused(measured), bot.HealthPath, bot.ReadyPath)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ingress.LimitListener(listener)) }()
	logger.WithFields(logrus.Fields{"addr": listener.Addr().String(), "version": this.Version}).Info("linqbot serves")
	for {
		select {
		case <-hangups:
			serving.reload(ctx)
			continue
		case <-ctx.Done():
			logger.Info("draining")
		case err = <-failed:
		}
		return errors.Join(err, drain(serving, records, server))
	}
}

const (
	drainWork   = 6 * time.Second        // for what runs, a DELETE above all; handing back and closing take up to 4 s more
	drainServer = 800 * time.Millisecond // for requests that are being answered
)

// drain says that no more work is taken, waits for what runs, and closes the listener last: what
// arrives until then is recorded, and done by the next process.
func drain(serving *live, records *ledger.Ledger, server *http.Server) error {
	serving.drain()
	working, cancel := context.WithTimeout(context.Background(), drainWork)
	defer cancel()
	err := records.Stop(working)
	serving.wait(working)
	if server == nil {
		return err
	}
	answering, cancel := context.WithTimeout(context.Background(), drainServer)
	defer cancel()
	if shut := server.Shutdown(answering); shut != nil {
		err = errors.Join(err, server.Close())
	}
	return err
}
