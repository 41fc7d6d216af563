package background

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"
)

func TestWaitingForWhatGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b Group
		b.Wait(t.Context()) // nothing ever ran
		began := time.Now()
		for i := range 3 {
			b.Go(func() { time.Sleep(time.Duration(i+1) * time.Second) })
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		b.Wait(short)
		assert.Equal(t, time.Since(began), time.Second/2)
		b.Wait(t.Context())
		assert.Equal(t, time.Since(began), 3*time.Second)
		b.Wait(t.Context())
		assert.Equal(t, time.Since(began), 3*time.Second)
	})
}

// With a WaitGroup the race detector would have a word to say.
func TestMoreIsBegunWhileSomebodyWaits(t *testing.T) {
	t.Parallel()
	var b Group
	var done atomic.Int32
	const rounds = 1000
	begun := make(chan struct{})
	go func() {
		defer close(begun)
		for range rounds {
			b.Go(func() { done.Add(1) })
		}
	}()
	for range rounds {
		b.Wait(t.Context())
	}
	<-begun
	b.Wait(t.Context())
	assert.Equal(t, done.Load(), int32(rounds))
}
