package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/sirupsen/logrus"

	"linqbot/ledger/internal/outage"
	"linqbot/ledger/internal/store"
)

// Step is one run of a job, for what the id names. It returns after how long it wants to be run again; 0 when
// all is done. After an error it is run again later.
type Step func(ctx context.Context, id string) (again time.Duration, err error)

// How many steps of a kind run side by side, unless [Config] says so.
const (
	tryWorkers     = 16
	confirmWorkers = 16
	showWorkers    = 16
	executeWorkers = 8
	planWorkers    = 2
	feedWorkers    = 4
	bulkWorkers    = 4
)

const (
	// stepTime bounds a step: none takes longer than a try at Linq, 20 s, and the bookkeeping around it.
	stepTime = 35 * time.Second
	// stuckAfter is when a step that has not ended is taken for that of a replica which hangs. If a replica dies, the
	// store has others take over its steps sooner. River looks each 30 s and has the step run again within about 7 s:
	// that is 90 s at the most. A step whose time is over sends nothing more, so two never act side by side.
	stuckAfter = 40 * time.Second
)

// Config is what [Start] needs.
type Config struct {
	Store store.Store
	Log   *logrus.Entry
	Lost  *outage.Log // takes what River says of an outage
	Now   func() time.Time

	Try, Confirm, Show, Execute Step
	Plan, Feed, ShowBatch       Step
	TryConcurrency              int // how many Try run side by side; defaults to 16
	ConfirmConcurrency          int // how many Confirm run side by side; defaults to 16
	BulkConcurrency             int // how many Try, and how many Confirm, of batches run besides; defaults to 4
}

// Runner runs steps.
type Runner struct {
	cfg   Config
	river store.Jobs
}

// Start runs steps until [Runner.Stop]. Jobs can be inserted from here on.
func Start(ctx context.Context, cfg Config) (*Runner, error) {
	r := &Runner{cfg: cfg}
	registry := river.NewWorkers()
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[tryArgs]) error {
		return tryStep(ctx, cfg, job)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[confirmArgs]) error {
		return runStep(ctx, cfg.Confirm, job.Args.RequestID)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[showArgs]) error {
		return showAll(ctx, r.cfg.Store, job, cfg.Show, job.Args.Delivery, countNews)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[executeArgs]) error {
		return runStep(ctx, cfg.Execute, job.Args.ExecutionID)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[planArgs]) error {
		return runStep(ctx, cfg.Plan, job.Args.BatchID)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[feedArgs]) error {
		return runStep(ctx, cfg.Feed, job.Args.BatchID)
	}))
	river.AddWorker(registry, river.WorkFunc(func(ctx context.Context, job *river.Job[showBatchArgs]) error {
		return showAll(ctx, r.cfg.Store, job, cfg.ShowBatch, job.Args.BatchID, countBatchNews)
	}))
	bulk := cmp.Or(cfg.BulkConcurrency, bulkWorkers)
	client, err := cfg.Store.NewJobs(&river.Config{
		Logger: slog.New(logrusHandler{entry: cfg.Log, lost: cfg.Lost}),
		Queues: map[string]river.QueueConfig{
			TryQueue:     {MaxWorkers: cmp.Or(cfg.TryConcurrency, tryWorkers)},
			confirmQueue: {MaxWorkers: cmp.Or(cfg.ConfirmConcurrency, confirmWorkers), FetchPollInterval: 200 * time.Millisecond},
			showQueue:    {MaxWorkers: showWorkers},
			executeQueue: {MaxWorkers: executeWorkers},

			queueOf(TryQueue, true):     {MaxWorkers: bulk},
			queueOf(confirmQueue, true): {MaxWorkers: bulk, FetchPollInterval: 200 * time.Millisecond},
			planQueue:                   {MaxWorkers: planWorkers},
			feedQueue:                   {MaxWorkers: feedWorkers},
			showBatchQueue:              {MaxWorkers: feedWorkers},
		},
		Workers: registry,
		// A commit is noticed by River's listener; the poll finds steps that asked to be run again within
		// seconds. Confirming has the shortest of those waits. A store that wakes River for these too lets it
		// look less often.
		FetchCooldown:               time.Millisecond,
		FetchPollInterval:           500 * time.Millisecond,
		JobTimeout:                  stepTime,
		RescueStuckJobsAfter:        stuckAfter,
		CompletedJobRetentionPeriod: time.Hour,
		RetryPolicy:                 retryPolicy{now: cfg.Now},
	})
	if err != nil {
		return nil, fmt.Errorf("set up the workers: %w", err)
	}
	r.river = client
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL: the workers cannot be started: %w", err)
	}
	return r, nil
}

// Stop takes no more jobs and waits for what runs. When ctx ends before that, what still runs is told to hand
// itself back.
func (r *Runner) Stop(ctx context.Context) error {
	err := r.river.Stop(ctx)
	if err == nil || ctx.Err() == nil {
		return err
	}
	const handBack = time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handBack)
	defer cancel()
	err = r.river.StopAndCancel(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // such as a save that a busy disk holds up
		r.cfg.Log.Warn("what still runs does not hand itself back in time; the next start or another replica takes it over")
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

// showAll runs a step that shows something until what it has shown is what the ledger holds. Only one job runs at a
// time, so news that came meanwhile could not start another. The job is therefore completed in the transaction that
// finds no such news.
func showAll[T river.JobArgs](ctx context.Context, in store.Store, job *river.Job[T], show Step, id string,
	count func(context.Context, store.Querier, string) (int64, error),
) error {
	for {
		before, err := count(ctx, in.Reader(), id)
		if err != nil {
			return err
		}
		if err := runStep(ctx, show, id); err != nil {
			return err
		}
		err = in.InTx(ctx, func(tx store.Tx) error {
			// In this order: from here on news set off a job of their own, or are counted below.
			if err := tx.CompleteJob(ctx, job.JobRow); err != nil {
				return err
			}
			after, err := count(ctx, tx, id)
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

func countNews(ctx context.Context, db store.Querier, delivery string) (int64, error) {
	var news int64
	err := db.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(news), 0) AS BIGINT) FROM requests WHERE delivery = $1`, delivery).Scan(&news)
	if err != nil {
		return 0, fmt.Errorf("count news: %w", err)
	}
	return news, nil
}

func countBatchNews(ctx context.Context, db store.Querier, batchID string) (int64, error) {
	var news int64
	err := db.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(news), 0) AS BIGINT) FROM batches WHERE id = $1`, batchID).Scan(&news)
	if err != nil {
		return 0, fmt.Errorf("count news of a batch: %w", err)
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
