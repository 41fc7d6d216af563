package breaker

import (
	"cmp"
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
)

const (
	concurrency = 8 // calls of a kind, unless the configuration says otherwise

	// patience is how long a run of a step waits in place, in all its waits before Linq has answered.
	// What does not get through by then is run again soon, and leaves its worker to others.
	patience = 4 * time.Second

	// Those who wait for an open circuit come back one after the other, about as fast as Linq can
	// serve them.
	usualAnswer = 150 * time.Millisecond
)

// Breaker is a circuit breaker and a bulkhead for all calls of a process to Linq. It
// bounds how many calls of a kind are under way at a time. While the circuit is open, all wait; if Linq struggles with one
// request, that one waits alone. What a batch runs does not delay what a person asked for.
type Breaker struct {
	Changes, Readings, Confirms *Places

	concurrency int
	now         func() time.Time
	log         *logrus.Entry

	mu      sync.Mutex
	circuit circuit
}

// Config is what a [Breaker] needs.
type Config struct {
	Concurrency int // calls at a time of each kind: changes, readings before them, readings after them; defaults to 8
	Logger      *logrus.Logger
	Now         func() time.Time                  // defaults to time.Now
	Jitter      func(time.Duration) time.Duration // defaults to up to a fifth more or less
}

// New returns a breaker whose circuit is closed.
func New(cfg Config) *Breaker {
	b := &Breaker{
		concurrency: cmp.Or(cfg.Concurrency, concurrency), now: cfg.Now, log: cfg.Logger.WithField("part", "pace"),
		circuit: circuit{generation: 1, jitter: cfg.Jitter},
	}
	b.Changes, b.Readings, b.Confirms = newPlaces(b.concurrency), newPlaces(b.concurrency), newPlaces(b.concurrency)
	if b.now == nil {
		b.now = time.Now
	}
	if b.circuit.jitter == nil {
		b.circuit.jitter = Jitter
	}
	return b
}

// MaxWait bounds a wait that Linq asks for.
const MaxWait = 5 * time.Minute

// Jitter spreads waits, so that those who failed together do not come back together.
func Jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreading retries needs no secrecy
}

// busyError says that a run cannot go on for now. Nothing is wrong with its request.
type busyError string

func (c busyError) Error() string { return string(c) }

// ErrBusy says that too many others were calling Linq for as long as the run may wait.
const ErrBusy busyError = "too many calls to Linq are under way"

// Wait is how long an open circuit makes a run wait.
type Wait struct {
	Until time.Time
	Why   Cause
}

// Run is what a permit is for.
type Run struct {
	Request string
	Bulk    bool // it belongs to a batch
	Bypass  bool // it may not be put off any more, and goes on although the circuit is open
}

// Permit lets one run call Linq.
type Permit struct {
	Run

	breaker *Breaker

	generation int // of the circuit; 0 if the permit bypasses an open one
	probe      bool
	last       result // a probe's reading that met trouble
	patience   time.Duration
}

// Acquire returns a permit for a run, or how long it has to wait. The error is that of ctx, or [ErrBusy].
func (b *Breaker) Acquire(ctx context.Context, r Run) (*Permit, Wait, error) {
	t := &Permit{Run: r, breaker: b, patience: patience}
	for {
		how, told, probe := b.admit(t)
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

func (b *Breaker) admit(t *Permit) (admission, Wait, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	how := b.circuit.admit(t, b.now())
	if how == rejected {
		return how, b.queue(t), nil
	}
	return how, Wait{}, b.circuit.probe
}

// queue gives a place after the wait, to batches behind all people. The caller holds the lock.
func (b *Breaker) queue(t *Permit) Wait {
	place := time.Duration(b.circuit.line(t.Bulk)) * usualAnswer / time.Duration(b.concurrency)
	return Wait{Until: b.circuit.until.Add(min(place, MaxWait)), Why: b.circuit.why()}
}

// Remaining returns how long a request still has to wait; the zero Wait if it need not.
func (b *Breaker) Remaining(request string) Wait {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.circuit.rejects(request, b.now()) {
		return Wait{}
	}
	return Wait{Until: b.circuit.until, Why: b.circuit.why()}
}

// WaitLong makes the permit wait until its ctx ends, for a run that has something to lose.
func (t *Permit) WaitLong() { t.patience = time.Hour }

// await waits for the outcome of the probe.
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

// Enter takes one of the places for calls of a kind; leave gives it back, once. The error is that of ctx, or [ErrBusy].
func (t *Permit) Enter(ctx context.Context, places *Places) (leave func(), err error) {
	began := time.Now()
	waiting, cancel := context.WithTimeout(ctx, t.patience)
	defer cancel()
	if places.acquire(waiting, t.Bulk) != nil {
		return nil, cmp.Or[error](ctx.Err(), ErrBusy)
	}
	t.patience -= time.Since(began)
	return sync.OnceFunc(places.release), nil
}

// Paused returns the wait if the circuit has opened since the permit was given.
func (t *Permit) Paused() (Wait, bool) {
	b := t.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.Bypass || t.generation == b.circuit.generation || !b.circuit.rejects(t.Request, b.now()) {
		return Wait{}, false
	}
	return b.queue(t), true
}

// Record takes in the outcome of a call. change is true if the call was to add or remove somebody,
// and false for a reading. A call that ended because ctx did says nothing of Linq.
func (t *Permit) Record(ctx context.Context, change bool, err error) {
	a, says := resultOf(change, err)
	if !says || a.trouble && ctx.Err() != nil {
		return
	}
	t.breaker.decide(func(p *circuit, now time.Time) { p.record(t, a, now) })
}

// Release ends the permit. Every permit must be released.
func (t *Permit) Release() {
	t.breaker.decide(func(p *circuit, now time.Time) { p.release(t, now) })
}

// decide changes the circuit, and logs when it opens or closes.
func (b *Breaker) decide(change func(*circuit, time.Time)) {
	b.mu.Lock()
	before, now := b.circuit.until, b.now()
	change(&b.circuit, now)
	after, asked, failed, alone := b.circuit.until, b.circuit.asked, b.circuit.failed, b.circuit.alone()
	b.mu.Unlock()
	switch {
	case before.Equal(after):
	case after.IsZero():
		b.log.Info("Linq is well again; the steps go on")
	default:
		log := b.log.WithFields(logrus.Fields{
			"wait_s": after.Sub(now).Seconds(), "asked_by_linq": asked, "pauses": failed,
		})
		if alone {
			log.Warn("Linq struggles with one request, which waits")
			return
		}
		log.Warn("Linq struggles; all steps wait")
	}
}
