package bottest

import (
	"sync"
	"time"
)

// Clock is a time that only the test moves, unless it runs.
type Clock struct {
	mu    sync.Mutex
	at    time.Time
	since time.Time // when it began to run; zero while it stands
}

// NewClock stands at a moment in 2026.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.since.IsZero() {
		return c.at
	}
	return c.at.Add(time.Since(c.since))
}

// Pass moves the clock.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Run has the clock go on by itself.
func (c *Clock) Run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since = time.Now()
}
