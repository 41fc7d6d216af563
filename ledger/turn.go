package ledger

import (
	"context"
	"slices"
	"sync"
)

// turn is whose turn it is to write to the file, since SQLite has one writer. Accepting, for which a
// person waits, goes before the work; but after each of its commits one other goes, so that no flood of
// orders keeps the work out. Among the others who came first is first.
type turn struct {
	mu        sync.Mutex
	held      bool
	wasUrgent bool // the last holder was
	urgent    []chan struct{}
	others    []chan struct{}
}

// take waits for the turn; [turn.give] hands it on.
func (t *turn) take(ctx context.Context, urgent bool) error {
	t.mu.Lock()
	if !t.held {
		t.held, t.wasUrgent = true, urgent
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	queue := &t.others
	if urgent {
		queue = &t.urgent
	}
	*queue = append(*queue, mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(*queue, mine)
	if i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		t.give() // it came at the last moment
	}
	return ctx.Err()
}

func (t *turn) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	next, urgent := &t.urgent, true
	if len(t.urgent) == 0 || t.wasUrgent && len(t.others) > 0 {
		next, urgent = &t.others, false
	}
	if len(*next) == 0 {
		t.held = false
		return
	}
	t.wasUrgent = urgent
	close((*next)[0])
	*next = slices.Delete(*next, 0, 1)
}
