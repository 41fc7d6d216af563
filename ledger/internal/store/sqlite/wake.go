package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// wakes tell River's workers, within the process, that a queue has a job to run. SQLite notifies nobody, so River
// itself looks for notes in a table twenty times a second. One process writes to the file: what nobody here has
// committed is not there.
type wakes struct {
	mu     sync.Mutex
	queues map[string]struct{} // those whose workers are yet to be woken
	told   chan struct{}
}

func newWakes() *wakes {
	return &wakes{queues: make(map[string]struct{}), told: make(chan struct{}, 1)}
}

// wake wakes the workers of a queue when a job in it is due. Call it after the commit: who looks before it finds nothing.
func (w *wakes) wake(queue string, due time.Time) {
	if wait := time.Until(due); wait > 0 {
		time.AfterFunc(wait, func() { w.wake(queue, time.Time{}) })
		return
	}
	w.mu.Lock()
	w.queues[queue] = struct{}{}
	w.mu.Unlock()
	select {
	case w.told <- struct{}{}:
	default: // the worker that waits is about to look
	}
}

// next returns a queue whose workers are to be woken.
func (w *wakes) next(ctx context.Context) (queue string, err error) {
	for {
		if queue, ok := w.take(); ok {
			return queue, nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-w.told:
		}
	}
}

func (w *wakes) take() (queue string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for queue := range w.queues {
		delete(w.queues, queue)
		return queue, true
	}
	return "", false
}

// riverDriver is River's driver for SQLite, with wakes in place of notes in a table.
type riverDriver struct {
	*riversqlite.Driver
	wakes *wakes
}

func newRiverDriver(pool *sql.DB, w *wakes) riverDriver { return riverDriver{riversqlite.New(pool), w} }

// SupportsListenNotify implements [riverdriver.Driver]: nothing is written down for a listener to find.
func (riverDriver) SupportsListenNotify() bool { return false }

func (d riverDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return listener{d.wakes}
}

func (d riverDriver) GetExecutor() riverdriver.Executor {
	return executor{d.Driver.GetExecutor(), d.wakes}
}

// executor is River's own access to the file, which puts jobs off.
type executor struct {
	riverdriver.Executor
	wakes *wakes
}

// lookAgain is when River looks again after a look that came to nothing.
const lookAgain = time.Second

// JobGetAvailable implements [riverdriver.Executor].
func (e executor) JobGetAvailable(ctx context.Context, params *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	found, err := e.Executor.JobGetAvailable(ctx, params)
	if err != nil {
		e.wakes.wake(params.Queue, time.Now().Add(lookAgain))
	}
	return found, err
}

func (e executor) JobSetStateIfRunningMany(ctx context.Context, params *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	rows, err := e.Executor.JobSetStateIfRunningMany(ctx, params)
	for _, job := range rows {
		if job.State == rivertype.JobStateAvailable { // put off for seconds; River schedules what is due later
			e.wakes.wake(job.Queue, job.ScheduledAt)
		}
	}
	return rows, err
}

func (e executor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	begun, err := e.Executor.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &executorTx{ExecutorTx: begun, wakes: e.wakes}, nil
}

// executorTx is a transaction of River's own.
type executorTx struct {
	riverdriver.ExecutorTx
	wakes     *wakes
	scheduled []*riverdriver.JobScheduleResult
}

// JobSchedule implements [riverdriver.Executor]. It makes jobs available some seconds before they are due.
func (t *executorTx) JobSchedule(ctx context.Context, params *riverdriver.JobScheduleParams) ([]*riverdriver.JobScheduleResult, error) {
	scheduled, err := t.ExecutorTx.JobSchedule(ctx, params)
	t.scheduled = append(t.scheduled, scheduled...)
	return scheduled, err
}

func (t *executorTx) Commit(ctx context.Context) error {
	if err := t.ExecutorTx.Commit(ctx); err != nil {
		return err
	}
	for _, each := range t.scheduled {
		t.wakes.wake(each.Job.Queue, each.Job.ScheduledAt)
	}
	return nil
}

// listener hands wakes to River.
type listener struct {
	wakes *wakes
}

// insertTopic is where River's workers listen for jobs.
const insertTopic = "river_insert"

func (l listener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	queue, err := l.wakes.next(ctx)
	if err != nil {
		return nil, err
	}
	return &riverdriver.Notification{Topic: insertTopic, Payload: fmt.Sprintf(`{"queue": %q}`, queue)}, nil
}

func (listener) Connect(context.Context) error          { return nil }
func (listener) Close(context.Context) error            { return nil }
func (listener) Ping(context.Context) error             { return nil }
func (listener) Listen(context.Context, string) error   { return nil }
func (listener) Unlisten(context.Context, string) error { return nil }
func (listener) Schema() string                         { return "" }
func (listener) SetAfterConnectExec(string)             {}
