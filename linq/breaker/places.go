package breaker

import (
	"context"
	"slices"
	"sync"
)

// Places is a bulkhead: it bounds how many calls of a kind are under way. A place that becomes free goes to the call
// that has waited longest on behalf of a person, and to batches only when no person waits.
type Places struct {
	mu     sync.Mutex
	free   int
	people []chan struct{} // closed when their turn has come
	bulk   []chan struct{}
}

func newPlaces(count int) *Places { return &Places{free: count} }

// acquire takes a place. The error is that of ctx.
func (p *Places) acquire(ctx context.Context, bulk bool) error {
	p.mu.Lock()
	if p.free > 0 {
		p.free--
		p.mu.Unlock()
		return nil
	}
	line, turn := &p.people, make(chan struct{})
	if bulk {
		line = &p.bulk
	}
	*line = append(*line, turn)
	p.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(*line, turn)
	if i < 0 { // the turn came at the same moment
		return nil
	}
	*line = slices.Delete(*line, i, i+1)
	return ctx.Err()
}

func (p *Places) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range []*[]chan struct{}{&p.people, &p.bulk} {
		if len(*line) > 0 {
			close((*line)[0])
			*line = (*line)[1:]
			return
		}
	}
	p.free++
}
