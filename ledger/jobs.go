package ledger

import (
	"context"
	"time"

	"linqbot/ledger/internal/jobs"
	"linqbot/ledger/internal/prune"
)

// Step is one run of a job. It returns after how long it wants to be run again; 0 when all is done.
// An error is trouble that the step did not expect: it is logged, and the step is run again later.
// ctx ends when the process must; a step that sees it end returns its error, and is run again by
// the next process.
type Step func(ctx context.Context, id string) (again time.Duration, err error)

// Workers are the steps that carry requests on. Each may be run twice for the same id, but never
// twice at the same time.
type Workers struct {
	Try     Step // by request id: from accepted to sent, or to an end; see [ErrHeld]
	Confirm Step // by request id: from sent to an end
	Show    Step // by delivery: makes Slack look like the ledger
	Execute Step // by execution id: a run of a workflow step, until it is completed

	Plan      Step // by batch id: finds what a batch has to do, and calls [Ledger.Propose]
	ShowBatch Step // by batch id: makes Slack look like the batch, again every few seconds while it is open

	TryConcurrency     int // how many Try run side by side; defaults to 16
	ConfirmConcurrency int // how many Confirm run side by side; defaults to 16
	BulkConcurrency    int // how many Try, and how many Confirm, of requests in batches run besides these; defaults to 4
}

// Start carries requests on with workers until [Ledger.Stop].
func (l *Ledger) Start(ctx context.Context, workers Workers) error {
	runner, err := jobs.Start(ctx, jobs.Config{
		Store: l.store, Log: l.log, Lost: l.lost, Now: l.now,
		Try: jobs.Step(workers.Try), Confirm: jobs.Step(workers.Confirm),
		Show: jobs.Step(workers.Show), Execute: jobs.Step(workers.Execute),
		Plan: jobs.Step(workers.Plan), Feed: l.feed, ShowBatch: jobs.Step(workers.ShowBatch),
		TryConcurrency: workers.TryConcurrency, ConfirmConcurrency: workers.ConfirmConcurrency,
		BulkConcurrency: workers.BulkConcurrency,
	})
	if err != nil {
		return err
	}
	l.runner = runner
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.background.Go(func() { l.dispatcher.Run(running) })
	l.background.Go(func() { l.expire(running) })
	if l.keep > 0 {
		l.background.Go(func() { l.prune(running) })
	}
	l.working.Store(true)
	return nil
}

// Stop takes no more work and waits for what runs. When ctx ends before that, what still runs is
// told to hand itself back. Orders are still accepted; the next start carries them on.
func (l *Ledger) Stop(ctx context.Context) error {
	if !l.working.CompareAndSwap(true, false) {
		return nil
	}
	l.stop()
	l.background.Wait()
	return l.runner.Stop(ctx)
}

// prune deletes, each hour until ctx ends, what ended longer ago than the retention.
func (l *Ledger) prune(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if deleted, err := prune.Before(ctx, l.store, l.now().Add(-l.keep)); err != nil && ctx.Err() == nil {
			l.log.WithError(err).Warn("old records could not be deleted; trying again in an hour")
		} else if deleted > 0 {
			l.log.WithField("records", deleted).Info("old records deleted")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
