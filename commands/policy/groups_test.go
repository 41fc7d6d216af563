package policy_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/policy"
)

// directory is a workspace with one user group.
type directory struct {
	mu      sync.Mutex
	members []string
	err     error
	takes   time.Duration
	asked   int
}

func (d *directory) GroupMembers(ctx context.Context, _ string) ([]string, error) {
	d.mu.Lock()
	d.asked++
	members, err, takes := d.members, d.err, d.takes
	d.mu.Unlock()
	select {
	case <-time.After(takes):
		return members, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (d *directory) become(members []string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.members, d.err = members, err
}

func (d *directory) lookUps() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked
}

func newCache(d *directory) *policy.GroupCache {
	return policy.NewGroupCache(policy.GroupCacheConfig{Directory: d, MaxAge: time.Minute})
}

// in asks whether U1 is in the group, which must be known.
func in(t *testing.T, c *policy.GroupCache) bool {
	t.Helper()
	yes, err := c.InGroup(t.Context(), "U1", "S1")
	assert.NilError(t, err)
	return yes
}

func TestGroupCacheAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{members: []string{"U1", "U2"}}
		c := newCache(d)
		for user, want := range map[string]bool{"U1": true, "U2": true, "U3": false, "": false} {
			got, err := c.InGroup(t.Context(), user, "S1")
			assert.NilError(t, err)
			assert.Equal(t, got, want, user)
		}
		assert.Equal(t, d.lookUps(), 1)
		_, err := c.InGroup(t.Context(), "U1", "S2")
		assert.NilError(t, err)
		assert.Equal(t, d.lookUps(), 2, "each group is looked up")
	})
}

func TestGroupCacheLooksUpOnceForMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{members: []string{"U1"}, takes: time.Second}
		c := newCache(d)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				yes, err := c.InGroup(t.Context(), "U1", "S1")
				if err != nil || !yes {
					t.Errorf("%t, %v", yes, err)
				}
			})
		}
		all.Wait()
		assert.Equal(t, d.lookUps(), 1)
	})
}

func TestGroupCacheRenewsBehindTheScenes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{members: []string{"U1"}}
		c := newCache(d)
		assert.Assert(t, in(t, c))
		time.Sleep(29 * time.Second)
		assert.Assert(t, in(t, c))
		synctest.Wait()
		assert.Equal(t, d.lookUps(), 1, "the answer is young")

		time.Sleep(2 * time.Second)
		d.become(nil, nil)
		d.takes = time.Second
		began := time.Now()
		assert.Assert(t, in(t, c), "nobody waits while it is renewed")
		assert.Equal(t, time.Since(began), time.Duration(0))
		time.Sleep(2 * time.Second)
		assert.Equal(t, d.lookUps(), 2)
		assert.Assert(t, !in(t, c))
	})
}

func TestGroupCacheIsNeverTooOld(t *testing.T) {
	t.Parallel()
	t.Run("asked again after a while", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &directory{members: []string{"U1"}}
			c := newCache(d)
			assert.Assert(t, in(t, c))
			d.become(nil, nil)
			time.Sleep(time.Minute)
			assert.Assert(t, !in(t, c), "the answer is as old as it may get, and looked up anew")
		})
	})
	t.Run("renewing fails", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &directory{members: []string{"U1"}}
			c := newCache(d)
			assert.Assert(t, in(t, c))
			d.become(nil, errors.New("slack is down"))
			time.Sleep(59 * time.Second)
			assert.Assert(t, in(t, c), "the old answer stands as long as it may")
			time.Sleep(time.Second)
			_, err := c.InGroup(t.Context(), "U1", "S1")
			assert.ErrorContains(t, err, "slack is down")
		})
	})
	t.Run("the time of the look-up counts", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			d := &directory{members: []string{"U1"}, takes: 1500 * time.Millisecond}
			c := newCache(d)
			assert.Assert(t, in(t, c))
			d.become(nil, nil)
			time.Sleep(59 * time.Second)
			assert.Assert(t, !in(t, c), "what was true when the look-up began is older than a minute now")
		})
	})
}

func TestGroupCacheKeepsNoError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{err: errors.New("slack is down")}
		c := newCache(d)
		_, err := c.InGroup(t.Context(), "U1", "S1")
		assert.ErrorContains(t, err, "look up group S1: slack is down")
		d.become([]string{"U1"}, nil)
		assert.Assert(t, in(t, c))
	})
}

func TestALookUpOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{members: []string{"U1"}, takes: time.Second}
		c := newCache(d)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := c.InGroup(ctx, "U1", "S1")
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(time.Second)
		began := time.Now()
		assert.Assert(t, in(t, c))
		assert.Equal(t, time.Since(began), time.Duration(0))
		assert.Equal(t, d.lookUps(), 1)
	})
}

func TestALookUpLastsTwoSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{takes: time.Hour}
		began := time.Now()
		_, err := newCache(d).InGroup(t.Context(), "U1", "S1")
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, time.Since(began), 2*time.Second)
	})
}

func TestGroupCacheDefaults(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{members: []string{"U1"}}
		c := policy.NewGroupCache(policy.GroupCacheConfig{Directory: d})
		assert.Assert(t, in(t, c))
		d.become(nil, nil)
		time.Sleep(2 * time.Minute)
		assert.Assert(t, in(t, c))
		time.Sleep(3 * time.Minute)
		assert.Assert(t, !in(t, c))
	})
}
