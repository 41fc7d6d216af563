package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
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
}

// How many steps of a kind run side by side.
const (
	tryWorkers     = 8
	confirmWorkers = 16
	showWorkers    = 16
	executeWorkers = 8
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
	client, err := river.NewClient(riversqlite.New(l.write), &river.Config{
		Logger: slog.New(logrusHandler{entry: l.log}),
		Queues: map[string]river.QueueConfig{
			queueTry:     {MaxWorkers: tryWorkers},
			queueConfirm: {MaxWorkers: confirmWorkers, FetchPollInterval: 200 * time.Millisecond},
			queueShow:    {MaxWorkers: showWorkers},
			queueExecute: {MaxWorkers: executeWorkers},
		},
		Workers: registry,
		// A commit is noticed by River's listener, which looks each 50 ms; the poll finds steps that
		// asked to be run again within seconds. Confirming has the shortest of those waits.
		FetchCooldown:     time.Millisecond,
		FetchPollInterval: 500 * time.Millisecond,
		// No step takes longer than a try at Linq, 20 s, and the bookkeeping around it.
		JobTimeout:                  time.Minute,
		RescueStuckJobsAfter:        2 * time.Minute,
		CompletedJobRetentionPeriod: time.Hour,
		RetryPolicy:                 retryPolicy{now: l.now},
	})
	if err != nil {
		return fmt.Errorf("set up the workers: %w", err)
	}
	l.jobs = client
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	dispatching, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.dispatching.Add(1)
	go l.dispatch(dispatching)
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
	l.dispatching.Wait()
	err := l.jobs.Stop(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	const handBack = time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handBack)
	defer cancel()
	return l.jobs.StopAndCancel(ctx)
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
		before, err := countNews(ctx, l.read, job.Args.Delivery)
		if err != nil {
			return err
		}
		if err := runStep(ctx, step, job.Args.Delivery); err != nil {
			return err
		}
		shown := false
		err = l.inTx(ctx, func(tx *sql.Tx) error {
			after, err := countNews(ctx, tx, job.Args.Delivery)
			if err != nil || after != before {
				return err
			}
			shown = true
			_, err = river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job)
			return err
		})
		if err != nil {
			return fmt.Errorf("complete showing: %w", err)
		}
		if shown {
			return nil
		}
	}
}

func countNews(ctx context.Context, db querier, delivery string) (int64, error) {
	var news int64
	err := db.QueryRowContext(ctx, `SELECT COALESCE(SUM(news), 0) FROM requests WHERE delivery = ?`, delivery).Scan(&news)
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
