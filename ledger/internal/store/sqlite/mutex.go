package sqlite

import (
	"context"
	"slices"
	"sync"
)

// priorityMutex guards writing to an SQLite file, which has one writer at a time. Accepting, for which a
// person waits, goes before the work. But after each urgent holder one other goes, so that no flood of
// orders keeps the work out. Within each of the two queues the first to come is the first to go.
type priorityMutex struct {
	mu        sync.Mutex
	held      bool
	wasUrgent bool // the last holder was
	urgent    []chan struct{}
	others    []chan struct{}
}

// Lock waits until the mutex is free, or ctx ends.
func (m *priorityMutex) Lock(ctx context.Context, urgent bool) error {
	m.mu.Lock()
	if !m.held {
		m.held, m.wasUrgent = true, urgent
		m.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	queue := &m.others
	if urgent {
		queue = &m.urgent
	}
	*queue = append(*queue, mine)
	m.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	m.mu.Lock()
	i := slices.Index(*queue, mine)
	if i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
	}
	m.mu.Unlock()
	if i < 0 { // it was handed over just before ctx ended
		m.Unlock()
	}
	return ctx.Err()
}

// Unlock hands the mutex to the next that waits.
func (m *priorityMutex) Unlock() {
	m.mu.Lock()
	defer m.mu.Unlock()
	next, urgent := &m.urgent, true
	if len(m.urgent) == 0 || m.wasUrgent && len(m.others) > 0 {
		next, urgent = &m.others, false
	}
	if len(*next) == 0 {
		m.held = false
		return
	}
	m.wasUrgent = urgent
	close((*next)[0])
	*next = slices.Delete(*next, 0, 1)
}
