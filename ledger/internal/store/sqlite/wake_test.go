package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
	"gotest.tools/v3/assert"
)

func TestWorkersAreWokenWhenAJobIsDue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWakes()
		w.wake("confirm", time.Now().Add(3*time.Second))
		w.wake("try", time.Now())
		w.wake("try", time.Now()) // one look finds both jobs
		began := time.Now()
		for _, want := range []struct {
			queue string
			after time.Duration
		}{{"try", 0}, {"confirm", 3 * time.Second}} {
			notification, err := listener{w}.WaitForNotification(t.Context())
			assert.NilError(t, err)
			assert.Equal(t, notification.Payload, `{"queue": "`+want.queue+`"}`)
			assert.Equal(t, time.Since(began), want.after)
		}
		_, left := w.take()
		assert.Assert(t, !left)
	})
}

// A job that the last process had put off for seconds is run when it is due, which nobody else would tell.
func TestWorkersAreWokenForAJobOfTheLastProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	last, err := Open(t.Context(), path)
	assert.NilError(t, err)
	_, err = last.Writer().Exec(t.Context(), `
		INSERT INTO river_job (args, kind, max_attempts, queue, state, scheduled_at)
		VALUES ('{}', 'confirm', 1, 'confirm', 'available', strftime('%Y-%m-%d %H:%M:%f', 'now', '+0.5 seconds'))`)
	assert.NilError(t, err)
	assert.NilError(t, last.Close())

	s, err := Open(t.Context(), path)
	assert.NilError(t, err)
	defer func() { assert.Check(t, s.Close()) }()
	queue, err := s.wakes.next(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, queue, "confirm")
}

// riverAccess puts one job off, and schedules another.
type riverAccess struct{ riverdriver.Executor }

func (riverAccess) JobSetStateIfRunningMany(context.Context, *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	return []*rivertype.JobRow{
		{Queue: "put off", State: rivertype.JobStateAvailable}, {Queue: "done", State: rivertype.JobStateCompleted},
	}, nil
}

func (riverAccess) JobGetAvailable(context.Context, *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	return nil, errors.New("the disk is full")
}

func (riverAccess) Begin(context.Context) (riverdriver.ExecutorTx, error) { return riverTx{}, nil }

type riverTx struct{ riverdriver.ExecutorTx }

func (riverTx) JobSchedule(context.Context, *riverdriver.JobScheduleParams) ([]*riverdriver.JobScheduleResult, error) {
	return []*riverdriver.JobScheduleResult{{Job: rivertype.JobRow{Queue: "scheduled"}}}, nil
}

func (riverTx) Commit(context.Context) error { return nil }

// What River itself makes available is told to the workers: what it puts off for seconds, and what it schedules, after
// the commit.
func TestWorkersAreWokenForWhatRiverMakesAvailable(t *testing.T) {
	t.Parallel()
	w := newWakes()
	access := executor{riverAccess{}, w}
	_, err := access.JobSetStateIfRunningMany(t.Context(), nil)
	assert.NilError(t, err)
	queue, _ := w.take()
	assert.Equal(t, queue, "put off")
	tx, err := access.Begin(t.Context())
	assert.NilError(t, err)
	_, err = tx.JobSchedule(t.Context(), nil)
	assert.NilError(t, err)
	_, early := w.take()
	assert.Assert(t, !early, "the commit may fail")
	assert.NilError(t, tx.Commit(t.Context()))
	queue, _ = w.take()
	assert.Equal(t, queue, "scheduled")
}

// River looks once a minute by itself, so a look that failed must not be the last one until then.
func TestWorkersAreWokenAfterALookThatFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWakes()
		_, err := executor{riverAccess{}, w}.JobGetAvailable(t.Context(), &riverdriver.JobGetAvailableParams{Queue: "try"})
		assert.ErrorContains(t, err, "the disk is full")
		began := time.Now()
		queue, err := w.next(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, queue, "try")
		assert.Equal(t, time.Since(began), lookAgain)
	})
}
