// Package stale keeps a value that takes time to get. Callers get the kept value even when it is no longer fresh,
// and it is renewed in the background. They wait only while there is none, all for the same renewal. It does not
// know what it keeps. Begin with [Value.Get].
package stale

import (
	"context"
	"sync"
	"time"
)

// Value is one value, which is fetched when somebody first asks for it.
type Value[T any] struct {
	cfg Config[T]

	mu       sync.Mutex
	kept     T
	at       time.Time // when kept was asked for; zero until there is one
	failure  error     // why the last renewal failed; nil if it did not
	retryAt  time.Time // no renewal begins before
	underWay *renewal[T]
	begun    int  // how many renewals have begun
	expired  bool // kept is not fresh, whatever its age
}

// Config is what a [Value] needs.
type Config[T any] struct {
	// Fetch gets the value. Its context does not end with the caller's, so it bounds its own time.
	Fetch func(ctx context.Context) (T, error)

	Fresh func(T) time.Duration     // the age at which the value is renewed
	Valid time.Duration             // Optional; the age at which the value counts no more. Without it the value always counts.
	Pause func(error) time.Duration // Optional; how long after a failure no renewal begins.
	Now   func() time.Time          // Optional; the default is time.Now.
}

// renewal is one call of Fetch.
type renewal[T any] struct {
	done    chan struct{}
	value   T
	err     error
	changes []func(T) T // made while it was under way
}

// New returns a value that was not fetched yet.
func New[T any](cfg Config[T]) *Value[T] {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Value[T]{cfg: cfg}
}

// Get returns the value that is kept, and begins to renew it if it is not fresh. While there is none that
// counts, it waits for one until ctx ends. During the pause after a failure it returns that failure.
func (v *Value[T]) Get(ctx context.Context) (T, error) {
	v.mu.Lock()
	if v.counts() {
		v.renewIfDue(ctx)
		defer v.mu.Unlock()
		return v.kept, nil
	}
	if v.failure != nil && v.pausing() {
		defer v.mu.Unlock()
		var none T
		return none, v.failure
	}
	renewal := v.renew(ctx)
	v.mu.Unlock()
	select {
	case <-renewal.done:
		return renewal.value, renewal.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// GetNew returns the value of a renewal that begins after the call, and waits for it until ctx ends. Those who wait
// at the same time share one. During the pause after a failure it returns that failure.
func (v *Value[T]) GetNew(ctx context.Context) (T, error) {
	var none T
	for before := v.count(); ; {
		renewal, isNew, err := v.renewAfter(ctx, before)
		if err != nil {
			return none, err
		}
		select {
		case <-renewal.done:
		case <-ctx.Done():
			return none, ctx.Err()
		}
		if isNew {
			return renewal.value, renewal.err
		}
	}
}

func (v *Value[T]) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.begun
}

// renewAfter returns a renewal, and whether it began after so many others as before says.
func (v *Value[T]) renewAfter(ctx context.Context, before int) (_ *renewal[T], isNew bool, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.underWay == nil && v.failure != nil && v.pausing() {
		return nil, false, v.failure
	}
	underWay := v.renew(ctx)
	return underWay, v.begun > before, nil
}

// Kept returns the value that is kept, and false if none counts. It begins no renewal.
func (v *Value[T]) Kept() (T, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.counts() {
		var none T
		return none, false
	}
	return v.kept, true
}

// Update changes the value that is kept, if there is one, and the one that a renewal under way brings,
// which may be older than the change. change must not write to what it is given.
func (v *Value[T]) Update(change func(T) T) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.counts() {
		v.kept = change(v.kept)
	}
	if v.underWay != nil {
		v.underWay.changes = append(v.underWay.changes, change)
	}
}

// Inherit takes what another value keeps, as old as it is, if this one keeps nothing yet.
func (v *Value[T]) Inherit(from *Value[T]) {
	from.mu.Lock()
	kept, at := from.kept, from.at
	from.mu.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.at.IsZero() {
		v.kept, v.at = kept, at
	}
}

// Expire makes the next caller begin a renewal.
func (v *Value[T]) Expire() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.expired = true
}

// Refresh begins to renew the value if it is not fresh, and does not wait.
func (v *Value[T]) Refresh(ctx context.Context) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.renewIfDue(ctx)
}

// The rest is called with the lock held.

func (v *Value[T]) age() time.Duration { return v.cfg.Now().Sub(v.at) }

func (v *Value[T]) counts() bool {
	return !v.at.IsZero() && (v.cfg.Valid == 0 || v.age() < v.cfg.Valid)
}

func (v *Value[T]) pausing() bool { return v.cfg.Now().Before(v.retryAt) }

func (v *Value[T]) renewIfDue(ctx context.Context) {
	if (v.at.IsZero() || v.expired || v.age() >= v.cfg.Fresh(v.kept)) && !v.pausing() {
		v.renew(ctx)
	}
}

// renew begins a renewal, or returns the one that is under way.
func (v *Value[T]) renew(ctx context.Context) *renewal[T] {
	if v.underWay != nil {
		return v.underWay
	}
	begun := &renewal[T]{done: make(chan struct{})}
	v.underWay, v.expired = begun, false
	v.begun++
	asked := v.cfg.Now() // the answer may be as old as this
	go func() {
		begun.value, begun.err = v.cfg.Fetch(context.WithoutCancel(ctx))
		v.keep(begun, asked)
		close(begun.done)
	}()
	return begun
}

// keep takes the lock by itself.
func (v *Value[T]) keep(ended *renewal[T], asked time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.underWay = nil
	if v.failure = ended.err; v.failure == nil {
		for _, change := range ended.changes {
			ended.value = change(ended.value)
		}
		v.kept, v.at, v.retryAt = ended.value, asked, time.Time{}
		return
	}
	if v.cfg.Pause != nil {
		v.retryAt = v.cfg.Now().Add(v.cfg.Pause(v.failure))
	}
}
