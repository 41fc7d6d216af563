package bot

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// stopped is the context of a process that was stopped and goes on: from some moment on its deadline
// has passed, and its timer has not fired.
type stopped struct {
	context.Context
	over atomic.Bool
}

func (c *stopped) Deadline() (time.Time, bool) {
	if c.over.Load() {
		return time.Now().Add(-time.Second), true
	}
	return time.Now().Add(time.Minute), true
}

func isOver(t *testing.T) *stopped {
	c := &stopped{Context: t.Context()}
	c.over.Store(true)
	return c
}
