package bottest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// Stopped is the context of a process that was stopped and goes on: from some moment on its deadline
// has passed, and its timer has not fired.
type Stopped struct {
	context.Context
	Over atomic.Bool
}

// Deadline implements [context.Context].
func (c *Stopped) Deadline() (time.Time, bool) {
	if c.Over.Load() {
		return time.Now().Add(-time.Second), true
	}
	return time.Now().Add(time.Minute), true
}

// Over returns a context whose deadline has passed, and whose timer has not fired.
func Over(t *testing.T) *Stopped {
	c := &Stopped{Context: t.Context()}
	c.Over.Store(true)
	return c
}
