package queue

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Config is how fast linqbot writes. In a channel Slack allows a message a second, and in the whole
// workspace fifty updates a minute. It tolerates short bursts, of which it does not say how many messages
// they may have: those here are our guess.
// Source: https://docs.slack.dev/apis/web-api/rate-limits
type Config struct {
	PerSecond float64 // messages in a channel in the long run; defaults to 1
	Burst     int     // messages in a channel at once after a silence; defaults to 40, for a command with ten people and its news, or some people at once

	UpdatesPerMinute float64 // in all channels together, in the long run; defaults to 50
	UpdateBurst      int     // updates at once after a silence; defaults to 50, what Slack allows in a minute

	Now func() time.Time // default time.Now
}

const (
	// AskAgain is the longest that a message in a queue is told to wait before it asks again. The next run may be in
	// another replica, and a message that asks often keeps its places in all of them.
	AskAgain = 15 * time.Second
	// ticketGrace is how long a message keeps its place after the time at which it should have asked again.
	ticketGrace = time.Minute
)

// keptFor returns how long a message keeps its place if its turn comes after the wait.
func keptFor(wait time.Duration) time.Duration { return min(wait, AskAgain) + ticketGrace }

// WaitError says that a message was certainly not posted, since it waits for its turn. That is no trouble.
type WaitError struct{ Wait time.Duration }

func (e *WaitError) Error() string { return fmt.Sprintf("its turn comes in %s", e.Wait) }

// Scheduler spaces the messages of each channel. A message that may not go yet gets a place in the
// channel's queue and a time to ask again, so that nobody waits in a worker and nobody has to ask
// often.
//
// Slack counts updates for the whole workspace, and apart from posts. One that may go in its channel
// therefore waits in a second queue, with those of all other channels. Minor updates let the others pass there. An
// update whose channel is not ready for it is not in that queue.
//
// All of it is forgotten with the process; then the queues form anew. Whatever else a process
// replaces as it runs, its scheduler stays: Slack goes on counting.
type Scheduler struct {
	cfg Config

	mu       sync.Mutex
	channels map[string]*channelQueue // by channel; those where nothing happens are dropped
	updates  *channelQueue            // of all channels; the minor ones stand where updates do, the others where posts do
}

// New returns a scheduler for all that a process shows.
func New(cfg Config) *Scheduler {
	cfg.PerSecond = cmp.Or(cfg.PerSecond, 1)
	cfg.Burst = cmp.Or(cfg.Burst, 40)
	cfg.UpdatesPerMinute = cmp.Or(cfg.UpdatesPerMinute, 50)
	cfg.UpdateBurst = cmp.Or(cfg.UpdateBurst, 50)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Scheduler{
		cfg: cfg, channels: make(map[string]*channelQueue),
		updates: &channelQueue{
			bucket: rate.NewLimiter(rate.Limit(cfg.UpdatesPerMinute/60), cfg.UpdateBurst), priority: inWorkspace(cfg.UpdateBurst),
		},
	}
}

// Reserve gives messages of a channel their places, if they have none yet, without sending any of
// them. What belongs together stays together.
func (p *Scheduler) Reserve(channel string, turns ...Ticket) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.channel(channel, now)
	for _, t := range turns {
		l.enter(t, now.Add(ticketGrace))
	}
	for _, t := range turns {
		l.reserve(t.Key, now.Add(keptFor(l.wait(t.Key, now))))
	}
}

// Take lets a message go, or returns a [*WaitError] with the time after which to ask again.
func (p *Scheduler) Take(channel string, t Ticket) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.channel(channel, now)
	l.enter(t, now.Add(ticketGrace))
	wait := l.wait(t.Key, now)
	if t.Update {
		wait = p.waitAmongUpdates(t, wait, now)
	} else {
		p.updates.remove(t.Key) // it may have been one
	}
	if wait > 0 {
		l.reserve(t.Key, now.Add(keptFor(wait)))
		return &WaitError{Wait: wait}
	}
	l.send(t.Key, now)
	if t.Update {
		p.updates.send(t.Key, now)
	}
	return nil
}

// waitAmongUpdates returns how long an update has to wait that waits so long in its channel.
func (p *Scheduler) waitAmongUpdates(t Ticket, inChannel time.Duration, now time.Time) time.Duration {
	p.updates.expire(now)
	if inChannel > 0 {
		p.updates.remove(t.Key)
		return max(inChannel, p.updates.backOffUntil.Sub(now))
	}
	p.updates.enter(t.amongUpdates(), now.Add(ticketGrace))
	wait := p.updates.wait(t.Key, now)
	p.updates.reserve(t.Key, now.Add(keptFor(wait)))
	return wait
}

// BackOff keeps to what Slack wants after it put a message off: silence in its channel, or no updates
// anywhere. That message is the first to go after that.
func (p *Scheduler) BackOff(channel string, t Ticket, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	l := p.channel(channel, now)
	l.pushBack(t)
	if !t.Update {
		l.backOff(now.Add(wait))
		return
	}
	l.reserve(t.Key, now.Add(wait+ticketGrace))
	p.updates.pushBack(t.amongUpdates())
	p.updates.backOff(now.Add(wait))
}

// Forget gives up all places of a delivery.
func (p *Scheduler) Forget(delivery string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	theirs := func(t Ticket) bool { return t.Delivery == delivery }
	for _, l := range p.channels {
		l.drop(theirs)
	}
	p.updates.drop(theirs)
}

// channel returns a channel's queue as it stands now. When it makes one it looks which others are over,
// so that there are never many more than there are busy channels.
func (p *Scheduler) channel(channel string, now time.Time) *channelQueue {
	l, ok := p.channels[channel]
	if !ok {
		for id, other := range p.channels {
			if other.expire(now); other.idle(now) {
				delete(p.channels, id)
			}
		}
		l = &channelQueue{bucket: rate.NewLimiter(rate.Limit(p.cfg.PerSecond), p.cfg.Burst), priority: inChannel(p.cfg.Burst)}
		p.channels[channel] = l
	}
	l.expire(now)
	return l
}
