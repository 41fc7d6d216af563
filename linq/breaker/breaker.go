package breaker

import (
	"cmp"
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
	"golang.org/x/sync/semaphore"
)

const (
	concurrency = 8 // calls of a kind, unless the configuration says otherwise

	// patience is how long a run of a step waits in place, in all its waits before Linq has answered.
	// What does not get through by then is run again soon, and leaves its worker to others.
	patience = 4 * time.Second

	// Those who wait for the end of a pause come back one after the other, about as fast as Linq can
	// serve them.
	usualAnswer = 150 * time.Millisecond
)

// Breaker keeps the steps of a process from hammering Linq. No more than so many calls of a kind are
// under way at a time, and when Linq struggles or asks for it, all of them wait. If it struggles with
// one request, that one waits alone.
type Breaker struct {
	Changes, Looks, Confirms *semaphore.Weighted

	concurrency int
	now         func() time.Time
	log         *logrus.Entry

	mu      sync.Mutex
	circuit circuit
}

// Config is what a [Breaker] needs.
type Config struct {
	Concurrency int // calls at a time of each kind: changes, readings before them, readings after them; 0: 8
	Logger      *logrus.Logger
	Now         func() time.Time                  // nil: time.Now
	Jitter      func(time.Duration) time.Duration // nil: up to a fifth more or less
}

// New returns a pace for all steps of a process.
func New(cfg Config) *Breaker {
	p := &Breaker{
		concurrency: cmp.Or(cfg.Concurrency, concurrency), now: cfg.Now, log: cfg.Logger.WithField("part", "pace"),
		circuit: circuit{generation: 1, jitter: cfg.Jitter},
	}
	lane := func() *semaphore.Weighted { return semaphore.NewWeighted(int64(p.concurrency)) }
	p.Changes, p.Looks, p.Confirms = lane(), lane(), lane()
	if p.now == nil {
		p.now = time.Now
	}
	if p.circuit.jitter == nil {
		p.circuit.jitter = Jitter
	}
	return p
}

// MaxWait bounds a wait that Linq asks for.
const MaxWait = 5 * time.Minute

// Jitter spreads waits, so that those who failed together do not come back together.
func Jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreading retries needs no secrecy
}

// busyError is why a run cannot go on for now. Nothing is wrong with its request.
type busyError string

func (c busyError) Error() string { return string(c) }

// ErrBusy is met by a run whose patience was not enough.
const ErrBusy busyError = "too many calls to Linq are under way"

// Wait is what a run is told that finds a pause.
type Wait struct {
	Until time.Time
	Why   Cause
}

// Permit is one run of a step, as far as it calls Linq.
type Permit struct {
	pace    *Breaker
	request string
	bypass  bool // of a pause

	generation int // of the pause's; 0 in a turn that goes on regardless
	probe      bool
	last       result // a probe's reading that met trouble
	patience   time.Duration
}

// Acquire returns a turn for a run, or how long it has to wait. Regardless is for what may not be put
// off any more. The error is that of ctx, or [ErrBusy].
func (p *Breaker) Acquire(ctx context.Context, request string, regardless bool) (*Permit, Wait, error) {
	t := &Permit{pace: p, request: request, bypass: regardless, patience: patience}
	for {
		how, told, probe := p.admit(t)
		switch how {
		case admitted:
			return t, Wait{}, nil
		case rejected:
			return nil, told, nil
		}
		if err := t.await(ctx, probe); err != nil {
			return nil, Wait{}, err
		}
	}
}

func (p *Breaker) admit(t *Permit) (admission, Wait, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	how := p.circuit.admit(t, p.now())
	if how == rejected {
		return how, p.queue(), nil
	}
	return how, Wait{}, p.circuit.probe
}

// queue gives a place after the pause. Its user holds the lock.
func (p *Breaker) queue() Wait {
	p.circuit.waiting++
	place := time.Duration(p.circuit.waiting) * usualAnswer / time.Duration(p.concurrency)
	return Wait{Until: p.circuit.until.Add(min(place, MaxWait)), Why: p.circuit.why()}
}

// Remaining returns the pause that holds a request now; the zero delay if none does.
func (p *Breaker) Remaining(request string) Wait {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.circuit.rejects(request, p.now()) {
		return Wait{}
	}
	return Wait{Until: p.circuit.until, Why: p.circuit.why()}
}

// WaitLong lets a turn wait that has something to lose. Its ctx cuts it short before the patience ends.
func (t *Permit) WaitLong() { t.patience = time.Hour }

// await waits for the probe's outcome.
func (t *Permit) await(ctx context.Context, probe <-chan struct{}) error {
	began, timer := time.Now(), time.NewTimer(t.patience)
	defer timer.Stop()
	select {
	case <-probe:
		t.patience -= time.Since(began)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return ErrBusy
	}
}

// Enter takes a place in a lane; leave gives it back, once. The error is that of ctx, or [ErrBusy].
func (t *Permit) Enter(ctx context.Context, lane *semaphore.Weighted) (leave func(), err error) {
	if !lane.TryAcquire(1) {
		began := time.Now()
		waiting, cancel := context.WithTimeout(ctx, t.patience)
		defer cancel()
		if lane.Acquire(waiting, 1) != nil {
			return nil, cmp.Or[error](ctx.Err(), ErrBusy)
		}
		t.patience -= time.Since(began)
	}
	return sync.OnceFunc(func() { lane.Release(1) }), nil
}

// Paused says whether a pause has begun since the turn did.
func (t *Permit) Paused() (Wait, bool) {
	p := t.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.bypass || t.generation == p.circuit.generation || !p.circuit.rejects(t.request, p.now()) {
		return Wait{}, false
	}
	return p.queue(), true
}

// Record takes in the outcome of a call. One that ended because ctx did says nothing of Linq.
func (t *Permit) Record(ctx context.Context, change bool, err error) {
	a, says := resultOf(change, err)
	if !says || a.trouble && ctx.Err() != nil {
		return
	}
	t.pace.decide(func(p *circuit, now time.Time) { p.record(t, a, now) })
}

// Release must follow every turn.
func (t *Permit) Release() {
	t.pace.decide(func(p *circuit, now time.Time) { p.release(t, now) })
}

// decide lets a change of the pause happen, and tells of it.
func (p *Breaker) decide(change func(*circuit, time.Time)) {
	p.mu.Lock()
	before, now := p.circuit.until, p.now()
	change(&p.circuit, now)
	after, asked, failed, alone := p.circuit.until, p.circuit.asked, p.circuit.failed, p.circuit.alone()
	p.mu.Unlock()
	switch {
	case before.Equal(after):
	case after.IsZero():
		p.log.Info("Linq is well again; the steps go on")
	default:
		log := p.log.WithFields(logrus.Fields{
			"wait_s": after.Sub(now).Seconds(), "asked_by_linq": asked, "pauses": failed,
		})
		if alone {
			log.Warn("Linq struggles with one request, which waits")
			return
		}
		log.Warn("Linq struggles; all steps wait")
	}
}
