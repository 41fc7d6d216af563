package commands

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
	atOnce = 8 // calls of a kind, unless the configuration says otherwise

	// patience is how long a run of a step waits in place, in all its waits before Linq has answered.
	// What does not get through by then is run again soon, and leaves its worker to others.
	patience = 4 * time.Second

	// Those who wait for the end of a pause come back one after the other, about as fast as Linq can
	// serve them.
	usualAnswer = 150 * time.Millisecond
)

// Pace keeps the steps of a process from hammering Linq. No more than so many calls of a kind are
// under way at a time, and when Linq struggles or asks for it, all of them wait. If it struggles with
// one request, that one waits alone.
type Pace struct {
	changes, looks, confirms *semaphore.Weighted

	atOnce int
	now    func() time.Time
	log    *logrus.Entry

	mu    sync.Mutex
	pause pause
}

// PaceConfig is what a [Pace] needs.
type PaceConfig struct {
	AtOnce int // calls at a time of each kind: changes, readings before them, readings after them; 0: 8
	Logger *logrus.Logger
	Now    func() time.Time                  // nil: time.Now
	Jitter func(time.Duration) time.Duration // nil: up to a fifth more or less
}

// NewPace returns a pace for all steps of a process.
func NewPace(cfg PaceConfig) *Pace {
	p := &Pace{
		atOnce: cmp.Or(cfg.AtOnce, atOnce), now: cfg.Now, log: cfg.Logger.WithField("part", "pace"),
		pause: pause{epoch: 1, jitter: cfg.Jitter},
	}
	lane := func() *semaphore.Weighted { return semaphore.NewWeighted(int64(p.atOnce)) }
	p.changes, p.looks, p.confirms = lane(), lane(), lane()
	if p.now == nil {
		p.now = time.Now
	}
	if p.pause.jitter == nil {
		p.pause.jitter = aFifth
	}
	return p
}

// waitMost bounds a wait that Linq asks for.
const waitMost = 5 * time.Minute

// aFifth spreads waits, so that those who failed together do not come back together.
func aFifth(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // spreading retries needs no secrecy
}

// crowded is why a run cannot go on for now. Nothing is wrong with its request.
type crowded string

func (c crowded) Error() string { return string(c) }

// errCrowded is met by a run whose patience was not enough.
const errCrowded crowded = "too many calls to Linq are under way"

// delay is what a run is told that finds a pause.
type delay struct {
	until time.Time
	why   cause
}

// turn is one run of a step, as far as it calls Linq.
type turn struct {
	pace       *Pace
	request    string
	regardless bool // of a pause

	epoch    int // of the pause's; 0 in a turn that goes on regardless
	probe    bool
	last     answer // a probe's reading that met trouble
	patience time.Duration
}

// begin returns a turn for a run, or how long it has to wait. Regardless is for what may not be put
// off any more. The error is that of ctx, or [errCrowded].
func (p *Pace) begin(ctx context.Context, request string, regardless bool) (*turn, delay, error) {
	t := &turn{pace: p, request: request, regardless: regardless, patience: patience}
	for {
		how, told, probe := p.admit(t)
		switch how {
		case admitted:
			return t, delay{}, nil
		case held:
			return nil, told, nil
		}
		if err := t.await(ctx, probe); err != nil {
			return nil, delay{}, err
		}
	}
}

func (p *Pace) admit(t *turn) (admission, delay, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	how := p.pause.admit(t, p.now())
	if how == held {
		return how, p.queue(), nil
	}
	return how, delay{}, p.pause.probe
}

// queue gives a place after the pause. Its user holds the lock.
func (p *Pace) queue() delay {
	p.pause.waiting++
	place := time.Duration(p.pause.waiting) * usualAnswer / time.Duration(p.atOnce)
	return delay{until: p.pause.until.Add(min(place, waitMost)), why: p.pause.why()}
}

// left returns the pause that holds a request now; the zero delay if none does.
func (p *Pace) left(request string) delay {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.pause.holds(request, p.now()) {
		return delay{}
	}
	return delay{until: p.pause.until, why: p.pause.why()}
}

// beUnhurried lets a turn wait that has something to lose. Its ctx cuts it short before the patience ends.
func (t *turn) beUnhurried() { t.patience = time.Hour }

// await waits for the probe's outcome.
func (t *turn) await(ctx context.Context, probe <-chan struct{}) error {
	began, timer := time.Now(), time.NewTimer(t.patience)
	defer timer.Stop()
	select {
	case <-probe:
		t.patience -= time.Since(began)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errCrowded
	}
}

// enter takes a place in a lane; leave gives it back, once. The error is that of ctx, or [errCrowded].
func (t *turn) enter(ctx context.Context, lane *semaphore.Weighted) (leave func(), err error) {
	if !lane.TryAcquire(1) {
		began := time.Now()
		waiting, cancel := context.WithTimeout(ctx, t.patience)
		defer cancel()
		if lane.Acquire(waiting, 1) != nil {
			return nil, cmp.Or[error](ctx.Err(), errCrowded)
		}
		t.patience -= time.Since(began)
	}
	return sync.OnceFunc(func() { lane.Release(1) }), nil
}

// paused says whether a pause has begun since the turn did.
func (t *turn) paused() (delay, bool) {
	p := t.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.regardless || t.epoch == p.pause.epoch || !p.pause.holds(t.request, p.now()) {
		return delay{}, false
	}
	return p.queue(), true
}

// heard takes in the outcome of a call. One that ended because ctx did says nothing of Linq.
func (t *turn) heard(ctx context.Context, change bool, err error) {
	a, says := answerOf(change, err)
	if !says || a.trouble && ctx.Err() != nil {
		return
	}
	t.pace.decide(func(p *pause, now time.Time) { p.heard(t, a, now) })
}

// end must follow every turn.
func (t *turn) end() {
	t.pace.decide(func(p *pause, now time.Time) { p.over(t, now) })
}

// decide lets a change of the pause happen, and tells of it.
func (p *Pace) decide(change func(*pause, time.Time)) {
	p.mu.Lock()
	before, now := p.pause.until, p.now()
	change(&p.pause, now)
	after, asked, failed, alone := p.pause.until, p.pause.asked, p.pause.failed, p.pause.alone()
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
