// Package background runs what goes on behind requests, and waits for its end. It knows nothing of what that is. Begin
// reading at [Group].
package background

import (
	"context"
	"sync"
)

// Group is what goes on behind the requests. Unlike a [sync.WaitGroup] it may be waited for while
// more is begun, as a drain does that ends at its deadline.
type Group struct {
	mu      sync.Mutex
	running int
	idle    chan struct{} // closed when nothing runs any more; nil while nothing does
}

// Go runs do.
func (b *Group) Go(do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running++; b.idle == nil {
		b.idle = make(chan struct{})
	}
	go func() {
		defer b.ended()
		do()
	}()
}

func (b *Group) ended() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running--; b.running == 0 {
		close(b.idle)
		b.idle = nil
	}
}

// Wait returns when nothing runs, or ctx ends.
func (b *Group) Wait(ctx context.Context) {
	b.mu.Lock()
	idle := b.idle
	b.mu.Unlock()
	if idle == nil {
		return
	}
	select {
	case <-idle:
	case <-ctx.Done():
	}
}
