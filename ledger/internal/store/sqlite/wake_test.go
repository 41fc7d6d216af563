package sqlite

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

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
