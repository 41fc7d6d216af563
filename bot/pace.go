package bot

import (
	"cmp"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// PaceConfig is how fast linqbot writes in a channel. Slack allows a message a second, and tolerates
// short bursts, of which it does not say how many messages they may have: the default is our guess.
// Source: https://docs.slack.dev/apis/web-api/rate-limits
type PaceConfig struct {
	PerSecond float64          // messages in the long run; 0: 1
	Burst     int              // messages at once after a silence; 0: 40, for a command with ten people and its news, or some people at once
	Now       func() time.Time // nil: time.Now
}

// turnGrace is how long after its turn a message that nobody asks about any more keeps its place:
// its run may have moved to another process.
const turnGrace = time.Minute

// Pace spaces the messages of each channel. A message that may not go yet gets a place in the
// channel's line and a time to ask again, so that nobody waits in a worker and nobody has to ask
// often. All of it is forgotten with the process; then the lines form anew. Whatever else a process
// replaces as it runs, its pace stays: Slack goes on counting.
type Pace struct {
	cfg PaceConfig

	mu    sync.Mutex
	lanes map[string]*lane // by channel; those where nothing happens are dropped
}

// NewPace returns a pace for all that a process shows.
func NewPace(cfg PaceConfig) *Pace {
	cfg.PerSecond = cmp.Or(cfg.PerSecond, 1)
	cfg.Burst = cmp.Or(cfg.Burst, 40)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Pace{cfg: cfg, lanes: make(map[string]*lane)}
}

// lineUp gives messages of a channel their places, if they have none yet, without sending any of
// them. What belongs together stays together.
func (p *Pace) lineUp(channel string, turns ...turn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.lane(channel, now)
	for _, t := range turns {
		l.enter(t, now.Add(turnGrace))
	}
	for _, t := range turns {
		l.promise(t.key, now.Add(l.wait(t.key, now)+turnGrace))
	}
}

// take lets a message go, or returns a [*turnError] with the time after which to ask again.
func (p *Pace) take(channel string, t turn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.lane(channel, now)
	l.enter(t, now.Add(turnGrace))
	if wait := l.wait(t.key, now); wait > 0 {
		l.promise(t.key, now.Add(wait+turnGrace))
		return &turnError{wait: wait}
	}
	l.send(t.key, now)
	return nil
}

// hold keeps a channel silent for as long as Slack wants. The message that Slack put off is the first
// to go after that.
func (p *Pace) hold(channel string, t turn, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.lane(channel, now)
	l.pushBack(t)
	l.hold(now.Add(wait))
}

// forget gives up all places of a delivery.
func (p *Pace) forget(delivery string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lanes {
		l.drop(func(t turn) bool { return t.delivery == delivery })
	}
}

// lane returns a channel's line as it stands now. When it makes one it looks which others are over,
// so that there are never many more than there are busy channels.
func (p *Pace) lane(channel string, now time.Time) *lane {
	l, ok := p.lanes[channel]
	if !ok {
		for id, other := range p.lanes {
			if other.expire(now); other.idle(now) {
				delete(p.lanes, id)
			}
		}
		l = &lane{bucket: rate.NewLimiter(rate.Limit(p.cfg.PerSecond), p.cfg.Burst)}
		p.lanes[channel] = l
	}
	l.expire(now)
	return l
}
