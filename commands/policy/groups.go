package policy

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"linqbot/commands/internal/stale"
)

// Directory lists the members of a user group, as the workspace has them now.
type Directory interface {
	GroupMembers(ctx context.Context, group string) ([]string, error)
}

// GroupCache answers from memory who is in a user group, so that a command need not wait for the
// workspace each time. An answer is never older than MaxAge; halfway there it is renewed in the
// background when somebody asks.
type GroupCache struct {
	cfg GroupCacheConfig

	mu     sync.Mutex
	groups map[string]*stale.Value[[]string] // members by group
}

// GroupCacheConfig is what a [GroupCache] needs.
type GroupCacheConfig struct {
	Directory Directory
	MaxAge    time.Duration    // defaults to five minutes
	Now       func() time.Time // defaults to time.Now
}

// NewGroupCache returns an empty cache.
func NewGroupCache(cfg GroupCacheConfig) *GroupCache {
	if cfg.MaxAge == 0 {
		cfg.MaxAge = 5 * time.Minute
	}
	return &GroupCache{cfg: cfg, groups: make(map[string]*stale.Value[[]string])}
}

// InGroup implements [Members].
func (c *GroupCache) InGroup(ctx context.Context, user, group string) (bool, error) {
	members, err := c.members(group).Get(ctx)
	if err != nil {
		return false, fmt.Errorf("look up group %s: %w", group, err)
	}
	return slices.Contains(members, user), nil
}

func (c *GroupCache) members(group string) *stale.Value[[]string] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.groups[group] == nil {
		c.groups[group] = stale.New(stale.Config[[]string]{
			Fetch: func(ctx context.Context) ([]string, error) {
				ctx, cancel := context.WithTimeout(ctx, lookUpTime)
				defer cancel()
				return c.cfg.Directory.GroupMembers(ctx, group)
			},
			Fresh: func([]string) time.Duration { return c.cfg.MaxAge / 2 },
			Valid: c.cfg.MaxAge,
			Now:   c.cfg.Now,
		})
	}
	return c.groups[group]
}
