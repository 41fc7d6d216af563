package sqlite

import (
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
