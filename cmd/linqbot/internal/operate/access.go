package operate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/logging"
	"linqbot/commands/batch"
	"linqbot/commands/chatindex"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/breaker"
)

// access is a way to the ledger: as its guest, or as the one who carries out what is in it.
type access interface {
	batch.ItemReader
	Batch(ctx context.Context, id string) (ledger.Batch, error)
	Progress(ctx context.Context, batchID string) (ledger.Progress, error)
	Paused(ctx context.Context) (ledger.Pause, error)
	Pace(ctx context.Context) (ledger.Pace, error)
	BatchUnderWay(ctx context.Context, o ledger.BatchOrder) (ledger.Batch, error)
	AcceptBatch(ctx context.Context, o ledger.BatchOrder) (ledger.Batch, bool, error)
	DecideBatch(ctx context.Context, id string, decision ledger.BatchDecision, by string, limits ledger.Limits) (ledger.Batch, bool, error)
	DenyOperator(ctx context.Context, rule string) error
	Close() error
}

// open opens the ledger as a guest if a linqbot serves from it. Otherwise it opens the ledger to do the work here.
func open(ctx context.Context, cfg Config) (_ access, served bool, err error) {
	own, err := openOwn(ctx, cfg)
	if !errors.Is(err, ledger.ErrServed) {
		return own, false, err
	}
	guest, err := ledger.OpenGuest(ctx, cfg.Settings.DatabaseURL)
	return guest, true, err
}

// worker is a ledger that is worked from here.
type worker struct {
	*ledger.Ledger
	client *linq.Client
}

// openOwn opens the ledger and starts to carry out what is in it. What would be shown in Slack is left to the next
// linqbot that serves.
func openOwn(ctx context.Context, cfg Config) (*worker, error) {
	settings := cfg.Settings
	settings.LogText = !cfg.Lines // a person reads it
	logger := logging.New(settings, cfg.Err)
	logger.SetLevel(logrus.WarnLevel)
	client, err := linq.New(linq.Config{
		BaseURL: cfg.Settings.LinqURL, APIKey: cfg.Settings.LinqKey, UserAgent: "linqbot/" + cfg.Build.Version, Secrets: cfg.Settings.Secrets(),
	})
	if err != nil {
		return nil, err
	}
	records, err := ledger.OpenUnserved(ctx, ledger.Config{URL: cfg.Settings.DatabaseURL, Logger: logger, Retention: cfg.Settings.Retention})
	if err != nil {
		return nil, err
	}
	w := &worker{Ledger: records, client: client}
	if err := records.Start(ctx, w.workers(cfg, logger)); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *worker) workers(cfg Config, logger *logrus.Logger) ledger.Workers {
	settings := cfg.Settings
	book := chatindex.New(chatindex.Config{Lister: w.client, Region: settings.Region})
	lines := reconcile.NewOwnLines(reconcile.OwnLinesConfig{Reader: w.client, Logger: logger})
	held := rails.Rails{Protected: settings.Protected, Limits: settings.Limits, Pauses: w.Ledger}
	steps := reconcile.NewSteps(reconcile.StepsConfig{
		Chats: w.client, Records: w.Ledger, Lines: lines, Region: settings.Region, Logger: logger,
		Rails:   held,
		Breaker: breaker.New(breaker.Config{Concurrency: settings.Concurrency, Logger: logger}),
	})
	planner := batch.NewPlanner(batch.PlannerConfig{
		Records: w.Ledger, Chats: book, Reader: w.client, Rails: held, Lines: lines, Region: settings.Region, Logger: logger,
	})
	return ledger.Workers{
		Try: steps.Try, Confirm: steps.Confirm, Plan: planner.Plan,
		Show: leaveToServe, Execute: leaveToServe, ShowBatch: w.showBatch,
		TryConcurrency: 2 * settings.Concurrency, ConfirmConcurrency: 2 * settings.Concurrency, BulkConcurrency: settings.Concurrency,
	}
}

// leaveToServe keeps what is for Slack: the next linqbot that serves does it within so long.
func leaveToServe(context.Context, string) (time.Duration, error) {
	const again = 5 * time.Second
	return again, nil
}

// showBatch shows nothing of an operator's batch, and leaves the others to the next linqbot that serves.
func (w *worker) showBatch(ctx context.Context, id string) (time.Duration, error) {
	b, err := w.Batch(ctx, id)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	case b.Source != ledger.Operator:
		return leaveToServe(ctx, id)
	case b.Open() || b.Shown:
		return 0, nil
	}
	followers, err := w.UntoldBatchFollowers(ctx, id)
	if err != nil {
		return 0, err
	}
	if len(followers) > 0 { // people in Slack, who asked for the same
		return leaveToServe(ctx, id)
	}
	return 0, w.MarkBatchShown(ctx, id)
}

// Close hands back what still runs, and closes the ledger.
func (w *worker) Close() error {
	const patience = 6 * time.Second // for a DELETE above all
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := errors.Join(w.Stop(ctx), w.Ledger.Close())
	w.client.CloseIdleConnections()
	if err != nil {
		return fmt.Errorf("close the ledger: %w", err)
	}
	return nil
}
