package bot

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// PaceConfig is how fast linqbot writes. In a channel Slack allows a message a second, and in the whole
// workspace fifty updates a minute. It tolerates short bursts, of which it does not say how many messages
// they may have: those here are our guess.
// Source: https://docs.slack.dev/apis/web-api/rate-limits
type PaceConfig struct {
	PerSecond float64 // messages in a channel in the long run; 0: 1
	Burst     int     // messages in a channel at once after a silence; 0: 40, for a command with ten people and its news, or some people at once

	UpdatesPerMinute float64 // in all channels together, in the long run; 0: 50
	UpdateBurst      int     // updates at once after a silence; 0: 50, what Slack allows in a minute

	Now func() time.Time // nil: time.Now
}

const (
	// askAgain is the longest that a message in a line is told to wait before it asks again. A run may
	// come back in another replica: asking often keeps its places where it does.
	askAgain = 15 * time.Second
	// turnGrace is how long after it should have asked a message keeps its place that nobody asks about
	// any more.
	turnGrace = time.Minute
)

// keptFor is how long a message keeps its place that has to wait so long for its turn.
func keptFor(wait time.Duration) time.Duration { return min(wait, askAgain) + turnGrace }

// turnError says that a message was certainly not posted, since it waits for its turn. That is no trouble.
type turnError struct{ wait time.Duration }

func (e *turnError) Error() string { return fmt.Sprintf("its turn comes in %s", e.wait) }

// Pace spaces the messages of each channel. A message that may not go yet gets a place in the
// channel's line and a time to ask again, so that nobody waits in a worker and nobody has to ask
// often.
//
// Slack counts updates for the whole workspace, and apart from posts. One that may go in its channel
// therefore waits in a second line, with those of all other channels. Those that are not so far stand
// in nobody's way there.
//
// All of it is forgotten with the process; then the lines form anew. Whatever else a process
// replaces as it runs, its pace stays: Slack goes on counting.
type Pace struct {
	cfg PaceConfig

	mu      sync.Mutex
	lanes   map[string]*lane // by channel; those where nothing happens are dropped
	updates *lane            // of all channels; among themselves they stand where posts do
}

// NewPace returns a pace for all that a process shows.
func NewPace(cfg PaceConfig) *Pace {
	cfg.PerSecond = cmp.Or(cfg.PerSecond, 1)
	cfg.Burst = cmp.Or(cfg.Burst, 40)
	cfg.UpdatesPerMinute = cmp.Or(cfg.UpdatesPerMinute, 50)
	cfg.UpdateBurst = cmp.Or(cfg.UpdateBurst, 50)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Pace{
		cfg: cfg, lanes: make(map[string]*lane),
		updates: &lane{bucket: rate.NewLimiter(rate.Limit(cfg.UpdatesPerMinute/60), cfg.UpdateBurst)},
	}
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
		l.promise(t.key, now.Add(keptFor(l.wait(t.key, now))))
	}
}

// take lets a message go, or returns a [*turnError] with the time after which to ask again.
func (p *Pace) take(channel string, t turn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.lane(channel, now)
	l.enter(t, now.Add(turnGrace))
	wait := l.wait(t.key, now)
	if t.update {
		wait = p.waitAmongUpdates(t, wait, now)
	} else {
		p.updates.remove(t.key) // it may have been one
	}
	if wait > 0 {
		l.promise(t.key, now.Add(keptFor(wait)))
		return &turnError{wait: wait}
	}
	l.send(t.key, now)
	if t.update {
		p.updates.send(t.key, now)
	}
	return nil
}

// waitAmongUpdates returns how long an update has to wait that waits so long in its channel.
func (p *Pace) waitAmongUpdates(t turn, inChannel time.Duration, now time.Time) time.Duration {
	p.updates.expire(now)
	if inChannel > 0 {
		p.updates.remove(t.key)
		return max(inChannel, p.updates.held.Sub(now))
	}
	p.updates.enter(t.amongUpdates(), now.Add(turnGrace))
	wait := p.updates.wait(t.key, now)
	p.updates.promise(t.key, now.Add(keptFor(wait)))
	return wait
}

// hold keeps to what Slack wants after it put a message off: silence in its channel, or no updates
// anywhere. That message is the first to go after that.
func (p *Pace) hold(channel string, t turn, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.lane(channel, now)
	l.pushBack(t)
	if !t.update {
		l.hold(now.Add(wait))
		return
	}
	l.promise(t.key, now.Add(wait+turnGrace))
	p.updates.pushBack(t.amongUpdates())
	p.updates.hold(now.Add(wait))
}

// forget gives up all places of a delivery.
func (p *Pace) forget(delivery string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	theirs := func(t turn) bool { return t.delivery == delivery }
	for _, l := range p.lanes {
		l.drop(theirs)
	}
	p.updates.drop(theirs)
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
