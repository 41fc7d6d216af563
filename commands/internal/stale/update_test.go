package stale_test

import (
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/internal/stale"
)

func plus(n int) func(int) int { return func(v int) int { return v + n } }

func TestUpdate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{takes: time.Second}
		v := stale.New(stale.Config[int]{Fetch: s.fetch, Fresh: func(int) time.Duration { return time.Minute }})
		v.Update(plus(100)) // of nothing
		got, err := v.Get(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, got, 1)

		v.Update(plus(100))
		got, err = v.Get(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, got, 101)

		time.Sleep(time.Minute)
		_, err = v.Get(t.Context()) // begins the second renewal
		assert.NilError(t, err)
		v.Update(plus(1000))
		time.Sleep(2 * time.Second)
		got, err = v.Get(t.Context())
		assert.NilError(t, err)
		assert.Equal(t, got, 1002, "what changed while it was renewed is not lost")
	})
}

func TestExpire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		v := stale.New(stale.Config[int]{Fetch: s.fetch, Fresh: func(int) time.Duration { return time.Minute }})
		for range 2 {
			_, err := v.Get(t.Context())
			assert.NilError(t, err)
			v.Expire()
			synctest.Wait()
		}
		assert.Equal(t, s.reads, 2)
	})
}
