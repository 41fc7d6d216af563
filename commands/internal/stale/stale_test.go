package stale_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/internal/stale"
)

// source gives the number of its readings, or an error.
type source struct {
	mu    sync.Mutex
	err   error
	takes time.Duration
	reads int
}

func (s *source) fetch(context.Context) (int, error) {
	s.mu.Lock()
	s.reads++
	reads, err, takes := s.reads, s.err, s.takes
	s.mu.Unlock()
	time.Sleep(takes)
	return reads, err
}

func (s *source) become(takes time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.takes, s.err = takes, err
}

func (s *source) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

func minute(int) time.Duration { return time.Minute }

func TestGet(t *testing.T) {
	t.Parallel()
	type ask struct {
		after time.Duration // since the last ask
		down  bool          // the source fails from now on
		want  string        // what is returned at once
	}
	for _, test := range []struct {
		name  string
		valid time.Duration
		pause time.Duration
		asks  []ask
	}{
		{name: "a fresh value is kept", asks: []ask{{want: "1"}, {after: 59 * time.Second, want: "1"}, {want: "1"}}},
		{name: "a stale value is returned and renewed", asks: []ask{{want: "1"}, {after: time.Minute, want: "1"}, {want: "2"}}},
		{name: "a value without end counts", asks: []ask{{want: "1"}, {after: time.Hour, down: true, want: "1"}, {after: time.Hour, want: "1"}}},
		{
			name: "a value counts for its time", valid: 2 * time.Minute,
			asks: []ask{{want: "1"}, {after: 119 * time.Second, down: true, want: "1"}, {after: time.Second, down: true, want: "down"}},
		},
		{
			name: "a value that counts no more is fetched anew", valid: 2 * time.Minute,
			asks: []ask{{want: "1"}, {after: 2 * time.Minute, want: "2"}},
		},
		{name: "a failure is not kept", asks: []ask{{down: true, want: "down"}, {want: "2"}}},
		{
			name: "a failure is kept for its pause", pause: time.Second,
			asks: []ask{{down: true, want: "down"}, {want: "down"}, {after: time.Second, want: "2"}},
		},
		{
			name: "no renewal begins during the pause", pause: 10 * time.Second,
			asks: []ask{
				{want: "1"},
				{after: time.Minute, down: true, want: "1"},
				{after: 9 * time.Second, want: "1"},
				{want: "1"},
				{after: time.Second, want: "1"},
				{want: "3"},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &source{}
				value := stale.New(stale.Config[int]{
					Fetch: s.fetch, Fresh: minute, Valid: test.valid, Pause: func(error) time.Duration { return test.pause },
				})
				for i, ask := range test.asks {
					time.Sleep(ask.after)
					s.become(0, nil)
					if ask.down {
						s.become(0, errors.New("down"))
					}
					got, err := value.Get(t.Context())
					said := fmt.Sprint(got)
					if err != nil {
						said = err.Error()
					}
					assert.Equal(t, said, ask.want, "ask %d", i+1)
					synctest.Wait()
				}
			})
		})
	}
}

func TestManyShareOneRenewal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		kept  bool          // there is a value, which is stale
		waits time.Duration // how long each waits
	}{
		{name: "without a value they wait", waits: 10 * time.Second},
		{name: "with a stale value they do not", kept: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &source{}
				value := stale.New(stale.Config[int]{Fetch: s.fetch, Fresh: minute})
				if test.kept {
					_, err := value.Get(t.Context())
					assert.NilError(t, err)
					time.Sleep(time.Minute)
				}
				before := s.count()
				s.become(10*time.Second, nil)
				var all sync.WaitGroup
				for range 50 {
					all.Go(func() {
						began := time.Now()
						_, err := value.Get(t.Context())
						assert.Check(t, err)
						assert.Check(t, time.Since(began) == test.waits)
					})
				}
				all.Wait()
				time.Sleep(10 * time.Second)
				assert.Equal(t, s.count(), before+1)
			})
		})
	}
}

func TestARenewalOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{takes: time.Second}
		value := stale.New(stale.Config[int]{Fetch: s.fetch, Fresh: minute})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := value.Get(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(time.Second)
		got, ok := value.Kept()
		assert.Assert(t, ok)
		assert.Equal(t, got, 1)
	})
}

// What was true when the renewal began is older than the answer.
func TestTheTimeOfTheRenewalCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{takes: 10 * time.Second}
		value := stale.New(stale.Config[int]{Fetch: s.fetch, Fresh: minute, Valid: time.Minute})
		_, err := value.Get(t.Context())
		assert.NilError(t, err)
		time.Sleep(49 * time.Second)
		_, ok := value.Kept()
		assert.Assert(t, ok)
		time.Sleep(time.Second)
		_, ok = value.Kept()
		assert.Assert(t, !ok)
	})
}

func TestKeptAndRefreshDoNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{takes: time.Second}
		value := stale.New(stale.Config[int]{Fetch: s.fetch, Fresh: minute})
		_, ok := value.Kept()
		assert.Assert(t, !ok)
		synctest.Wait()
		assert.Equal(t, s.count(), 0, "looking at what is kept fetches nothing")
		for range 2 {
			value.Refresh(t.Context())
		}
		_, ok = value.Kept()
		assert.Assert(t, !ok)
		time.Sleep(time.Second)
		synctest.Wait()
		_, ok = value.Kept()
		assert.Assert(t, ok)
		value.Refresh(t.Context())
		synctest.Wait()
		assert.Equal(t, s.count(), 1, "a fresh value is not renewed")
	})
}

func TestHowLongAValueIsFreshDependsOnIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &source{}
		value := stale.New(stale.Config[int]{Fetch: s.fetch, Fresh: func(n int) time.Duration { return time.Duration(n) * time.Hour }})
		for _, ask := range []struct {
			after time.Duration
			reads int
		}{{0, 1}, {59 * time.Minute, 1}, {time.Minute, 2}, {119 * time.Minute, 2}, {time.Minute, 3}} {
			time.Sleep(ask.after)
			_, err := value.Get(t.Context())
			assert.NilError(t, err)
			synctest.Wait()
			assert.Equal(t, s.count(), ask.reads)
		}
	})
}
