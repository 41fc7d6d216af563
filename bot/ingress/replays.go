package ingress

import (
	"context"
	"sync"
	"time"
)

// Replays remembers which signed requests were answered with success, so that nobody can use their bytes a second time.
// It forgets a request once its signature is stale. It lives in this process only: what has an effect is remembered by
// the ledger as well.
type Replays struct {
	now func() time.Time

	mu       sync.Mutex
	answered map[[32]byte]struct{}
	oldest   []replay                   // what answered holds, in the order of time
	inFlight map[[32]byte]chan struct{} // closed when the request is answered
}

type replay struct {
	mac [32]byte
	at  time.Time
}

// mostReplays bounds the memory, about 15 MB, where many requests are signed within ten minutes.
const mostReplays = 1 << 17

// NewReplays returns an empty memory. Share it between all that serve one secret in this process.
func NewReplays() *Replays {
	return &Replays{
		now:      time.Now,
		answered: make(map[[32]byte]struct{}),
		inFlight: make(map[[32]byte]chan struct{}),
	}
}

// Begin reports whether a signed request is to be served. If it is, end must be called with whether it was
// answered with success. While the same bytes are being served, Begin waits for how that ends. The error is
// that of ctx.
func (r *Replays) Begin(ctx context.Context, signed Signature) (end func(success bool), fresh bool, err error) {
	mac := signed.mac
	for {
		r.mu.Lock()
		r.forget()
		_, answered := r.answered[mac]
		other, busy := r.inFlight[mac]
		if !answered && !busy {
			r.inFlight[mac] = make(chan struct{})
		}
		r.mu.Unlock()
		switch {
		case answered:
			return nil, false, nil
		case !busy:
			return func(success bool) { r.end(mac, success) }, true, nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

func (r *Replays) end(mac [32]byte, success bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.inFlight[mac])
	delete(r.inFlight, mac)
	if success {
		r.answered[mac] = struct{}{}
		r.oldest = append(r.oldest, replay{mac, r.now()})
	}
}

// forget drops what is stale, and the oldest of what is too many.
func (r *Replays) forget() {
	stale := r.now().Add(-staleAfter)
	n := max(len(r.oldest)-mostReplays, 0)
	for n < len(r.oldest) && r.oldest[n].at.Before(stale) {
		n++
	}
	for _, each := range r.oldest[:n] {
		delete(r.answered, each.mac)
	}
	r.oldest = r.oldest[n:]
}
