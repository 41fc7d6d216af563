package policy

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Directory lists the members of a user group, as the workspace has them now.
type Directory interface {
	GroupMembers(ctx context.Context, group string) ([]string, error)
}

// GroupCache answers from memory who is in a user group, so that a command need not wait for the
// workspace each time. An answer is never older than MaxAge; halfway there it is renewed behind the
// scenes by whoever asks.
type GroupCache struct {
	cfg GroupCacheConfig

	mu     sync.Mutex
	groups map[string]groupMembers
	flight singleflight.Group
}

// GroupCacheConfig is what a [GroupCache] needs.
type GroupCacheConfig struct {
	Directory Directory
	MaxAge    time.Duration    // 0: five minutes
	Now       func() time.Time // nil: time.Now
}

type groupMembers struct {
	ids []string
	at  time.Time
}

// NewGroupCache returns an empty cache.
func NewGroupCache(cfg GroupCacheConfig) *GroupCache {
	if cfg.MaxAge == 0 {
		cfg.MaxAge = 5 * time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &GroupCache{cfg: cfg, groups: make(map[string]groupMembers)}
}

// InGroup implements [Members].
func (c *GroupCache) InGroup(ctx context.Context, user, group string) (bool, error) {
	c.mu.Lock()
	known, ok := c.groups[group]
	c.mu.Unlock()
	age := c.cfg.Now().Sub(known.at)
	if ok && age < c.cfg.MaxAge {
		if age > c.cfg.MaxAge/2 {
			c.lookUp(ctx, group)
		}
		return slices.Contains(known.ids, user), nil
	}
	select {
	case result := <-c.lookUp(ctx, group):
		if result.Err != nil {
			return false, result.Err
		}
		members, _ := result.Val.([]string)
		return slices.Contains(members, user), nil
	case <-ctx.Done():
		return false, fmt.Errorf("look up group %s: %w", group, ctx.Err())
	}
}

// lookUp asks once for all who wait. It does not end with the one who began it.
func (c *GroupCache) lookUp(ctx context.Context, group string) <-chan singleflight.Result {
	return c.flight.DoChan(group, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookUpTime)
		defer cancel()
		asked := c.cfg.Now() // what the answer shows is not younger
		ids, err := c.cfg.Directory.GroupMembers(ctx, group)
		if err != nil {
			return nil, fmt.Errorf("look up group %s: %w", group, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.groups[group] = groupMembers{ids: ids, at: asked}
		return ids, nil
	})
}
