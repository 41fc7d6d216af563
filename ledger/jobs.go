package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Step is one run of a job. It returns after how long it wants to be run again; 0 when all is done.
// An error is trouble that the step did not expect: it is logged, and the step is run again later.
// ctx ends when the process must; a step that sees it end returns its error, and is run again by
// the next process.
type Step func(ctx context.Context, id string) (again time.Duration, err error)

// Workers are the steps that carry requests on. Each may be run twice for the same id, but never
// twice at the same time.
type Workers struct {
	Try     Step // by request id: from accepted to sent, or to an end
	Confirm Step // by request id: from sent to an end
	Show    Step // by delivery: makes Slack look like the ledger
	Execute Step // by execution id: a run of a workflow step, until it is completed

	Tries    int // how many Try run side by side; 0: 16
	Confirms int // how many Confirm run side by side; 0: 16
}

// How many steps of a kind run side by side, unless [Workers] says so.
const (
	tryWorkers     = 16
	confirmWorkers = 16
	showWorkers    = 16
	executeWorkers = 8
)

const (
	// stepTime bounds a step: none takes longer than a try at Linq, 20 s, and the bookkeeping around it.
	stepTime = 35 * time.Second
	// stuckAfter is when a step that has not ended is taken for that of a replica which died or hangs.
	// River looks each 30 s and has the step run again within about 7 s: that is 90 s at the most.
	// A step whose time is over sends nothing more, so two never act side by side.
	stuckAfter = 40 * time.Second
)

const (
	queueTry     = "try"
	queueConfirm = "confirm"
	queueShow    = "show"
	queueExecute = "execute"
)

type tryArgs struct {
	RequestID string `json:"request_id"`
}

func (tryArgs) Kind() string                 { return "try" }
func (tryArgs) InsertOpts() river.InsertOpts { return onlyOne(queueTry) }

type confirmArgs struct {
	RequestID string `json:"request_id"`
}

func (confirmArgs) Kind() string                 { return "confirm" }
func (confirmArgs) InsertOpts() river.InsertOpts { return onlyOne(queueConfirm) }

type showArgs struct {
	Delivery string `json:"delivery"`
}

func (showArgs) Kind() string                 { return "show" }
func (showArgs) InsertOpts() river.InsertOpts { return onlyOne(queueShow) }

type executeArgs struct {
	ExecutionID string `json:"execution_id"`
}

func (executeArgs) Kind() string                 { return "execute" }
func (executeArgs) InsertOpts() river.InsertOpts { return onlyOne(queueExecute) }

// onlyOne lets one job for the same thing wait or run at a time, and never gives it up.
func onlyOne(queue string) river.InsertOpts {
	return river.InsertOpts{
		Queue:       queue,
		MaxAttempts: math.MaxInt16,
		UniqueOpts: river.UniqueOpts{
			ByArgs: true,
			ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
				rivertype.JobStateRunning, rivertype.JobStateScheduled,
			},
		},
	}
}

// Start carries requests on with workers until [Ledger.Stop].
func (l *Ledger) Start(ctx context.Context, workers Workers) error {
	registry := river.NewWorkers()
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[tryArgs]) error {
		return runStep(ctx, workers.Try, job.Args.RequestID)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[confirmArgs]) error {
		return runStep(ctx, workers.Confirm, job.Args.RequestID)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[showArgs]) error {
		return l.show(ctx, workers.Show, job)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[executeArgs]) error {
		return runStep(ctx, workers.Execute, job.Args.ExecutionID)
	}))
	client, err := l.store.newJobs(&river.Config{
		Logger: slog.New(logrusHandler{entry: l.log, lost: l.lost}),
		Queues: map[string]river.QueueConfig{
			queueTry:     {MaxWorkers: cmp.Or(workers.Tries, tryWorkers)},
			queueConfirm: {MaxWorkers: cmp.Or(workers.Confirms, confirmWorkers), FetchPollInterval: 200 * time.Millisecond},
			queueShow:    {MaxWorkers: showWorkers},
			queueExecute: {MaxWorkers: executeWorkers},
		},
		Workers: registry,
		// A commit is noticed by River's listener, which looks each 50 ms; the poll finds steps that
		// asked to be run again within seconds. Confirming has the shortest of those waits.
		FetchCooldown:               time.Millisecond,
		FetchPollInterval:           500 * time.Millisecond,
		JobTimeout:                  stepTime,
		RescueStuckJobsAfter:        stuckAfter,
		CompletedJobRetentionPeriod: time.Hour,
		RetryPolicy:                 retryPolicy{now: l.now},
	})
	if err != nil {
		return fmt.Errorf("set up the workers: %w", err)
	}
	l.jobs = client
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("DATABASE_URL: the workers cannot be started: %w", err)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.background.Go(func() { l.dispatch(running) })
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
	err := l.jobs.Stop(ctx)
	if err == nil || ctx.Err() == nil {
		return err
	}
	const handBack = time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handBack)
	defer cancel()
	err = l.jobs.StopAndCancel(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // such as a save that a busy disk holds up
		l.log.Warn("what still runs does not hand itself back in time; the next start or another replica takes it over")
		return nil
	}
	return err
}

func runStep(ctx context.Context, step Step, id string) error {
	again, err := step(ctx, id)
	if err != nil {
		return err
	}
	if again > 0 {
		return river.JobSnooze(again)
	}
	return nil
}

// show runs the step until what it has shown is what the ledger holds. News that came while it ran
// could set off no job of their own, since there is only one at a time; so the job is completed in
// the transaction that finds no such news.
func (l *Ledger) show(ctx context.Context, step Step, job *river.Job[showArgs]) error {
	for {
		before, err := countNews(ctx, l.store.reader(), job.Args.Delivery)
		if err != nil {
			return err
		}
		if err := runStep(ctx, step, job.Args.Delivery); err != nil {
			return err
		}
		err = l.store.inTx(ctx, func(tx tx) error {
			// In this order: from here on news set off a job of their own, or are counted below.
			if err := tx.completeShow(ctx, job); err != nil {
				return err
			}
			after, err := countNews(ctx, tx, job.Args.Delivery)
			if err == nil && after != before {
				err = errNewsSince
			}
			return err
		})
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, errNewsSince):
			return fmt.Errorf("complete showing: %w", err)
		}
	}
}

var errNewsSince = errors.New("ledger: news came meanwhile")

func countNews(ctx context.Context, db querier, delivery string) (int64, error) {
	var news int64
	err := db.queryRow(ctx, `SELECT CAST(COALESCE(SUM(news), 0) AS BIGINT) FROM requests WHERE delivery = $1`, delivery).Scan(&news)
	if err != nil {
		return 0, fmt.Errorf("count news: %w", err)
	}
	return news, nil
}

// retryPolicy spaces the runs of a step that met trouble it did not expect: 1 s doubling to 30 s.
type retryPolicy struct {
	now func() time.Time
}

func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	const doublings = 5
	delay := min(30*time.Second, time.Second<<min(len(job.Errors), doublings))
	return p.now().Add(delay)
}
