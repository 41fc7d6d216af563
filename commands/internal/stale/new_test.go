package stale_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/internal/stale"
)

// counter counts the renewals, each of which takes ten seconds.
func counter(failure error, pause time.Duration) *stale.Value[int] {
	fetched := 0
	return stale.New(stale.Config[int]{
		Fetch: func(context.Context) (int, error) {
			fetched++
			mine := fetched
			time.Sleep(10 * time.Second)
			return mine, failure
		},
		Fresh: func(int) time.Duration { return time.Hour },
		Pause: func(error) time.Duration { return pause },
	})
}

// A renewal that was under way may not have seen what its caller has: the one after it has.
func TestGetNewWaitsForARenewalOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		value := counter(nil, 0)
		go func() { _, _ = value.Get(t.Context()) }()
		synctest.Wait()
		began := time.Now()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				got, err := value.GetNew(t.Context())
				assert.Check(t, err)
				assert.Check(t, got == 2)
			})
		}
		all.Wait()
		assert.Equal(t, time.Since(began), 20*time.Second, "one for all of them")
		got, err := value.GetNew(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, got, 3, "however fresh the last one is")
		got, err = value.Get(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, got, 3)
	})
}

func TestGetNewEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		value := counter(nil, 0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := value.GetNew(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(time.Minute)
	})
}

func TestGetNewKeepsThePause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failure := errors.New("no answer")
		value := counter(failure, time.Minute)
		for range 2 {
			_, err := value.GetNew(t.Context())
			assert.ErrorIs(t, err, failure)
		}
		began := time.Now()
		time.Sleep(time.Minute)
		_, err := value.GetNew(t.Context())
		assert.ErrorIs(t, err, failure)
		assert.Equal(t, time.Since(began), 70*time.Second)
	})
}
