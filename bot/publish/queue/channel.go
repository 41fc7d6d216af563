package queue

import (
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// Ticket is a message's place in the queue of its channel. Each message has one, so a single call shows all that
// happened while it waited.
type Ticket struct {
	Delivery, Key string
	Update        bool      // it changes what people have seen already
	Minor         bool      // what it changes can wait, since another message says it
	until         time.Time // its place is given up then, unless somebody asked about it before
}

// amongUpdates returns the ticket for the queue of all updates. There the other updates go before the minor ones, as
// posts go before updates in a channel.
func (t Ticket) amongUpdates() Ticket {
	t.Update = t.Minor
	return t
}

// channelQueue holds the messages that wait in a channel.
//
// What tells people something for the first time goes before what changes a message: an update
// leaves room for the thread of the next command, and lets others pass. So that updates are not
// kept from their turn for ever, one of them goes after some posts that passed it.
//
// A place is a claim to a message out of the bucket: the third in the queue may go when the bucket
// holds three, even if the two before it are late. So a late message delays no other, and however
// many come late at once, they are never more than a burst.
type channelQueue struct {
	bucket       *rate.Limiter
	backOffUntil time.Time // Slack wants nothing before
	posts        []Ticket
	updates      []Ticket
	passed       int // posts that went since an update did, while one waited
	priority     priority
}

// priority is how far posts go before updates.
type priority struct {
	perUpdate int // posts that pass an update before it is its turn
	left      int // of a burst, to posts
}

// inChannel keeps few messages of a burst for posts. Each further one would delay an outcome by a second once the burst
// is spent.
func inChannel(burst int) priority {
	const perUpdate, left = 3, 5
	return priority{perUpdate: perUpdate, left: min(burst/2, left)}
}

// inWorkspace leaves nearly all of a burst to the updates that bring outcomes, and nearly all of what comes after it.
func inWorkspace(burst int) priority {
	const perUpdate = 60
	return priority{perUpdate: perUpdate, left: (burst - 1) * 9 / 10}
}

// enter puts a message at the end, unless it has a place. An update that turns out to be a post moves to the posts.
// It never moves back, since it has waited as a post.
func (l *channelQueue) enter(t Ticket, until time.Time) {
	t.until = until
	switch {
	case placeOf(l.posts, t.Key) >= 0:
	case t.Update && placeOf(l.updates, t.Key) < 0:
		at := len(l.updates)
		if minor := slices.IndexFunc(l.updates, func(o Ticket) bool { return o.Minor }); !t.Minor && minor >= 0 {
			at = minor
		}
		l.updates = slices.Insert(l.updates, at, t)
	case !t.Update:
		l.remove(t.Key)
		l.posts = append(l.posts, t)
	}
}

// pushBack puts a message before all others of its kind.
func (l *channelQueue) pushBack(t Ticket) {
	l.remove(t.Key)
	if t.Update {
		l.updates = slices.Insert(l.updates, 0, t)
	} else {
		l.posts = slices.Insert(l.posts, 0, t)
	}
}

// reserve keeps a message's place until then.
func (l *channelQueue) reserve(key string, until time.Time) {
	l.each(func(t *Ticket) {
		if t.Key == key {
			t.until = until
		}
	})
}

// backOff lets nothing go until then; everything keeps its place. After that the burst is spent,
// whatever we thought was left of it, and the first update goes right after what was put off.
func (l *channelQueue) backOff(until time.Time) {
	if until.After(l.backOffUntil) {
		l.backOffUntil, l.passed = until, l.priority.perUpdate-1
		l.bucket = rate.NewLimiter(l.bucket.Limit(), l.bucket.Burst())
		l.bucket.ReserveN(until, l.bucket.Burst()-1)
	}
	l.each(func(t *Ticket) {
		if kept := l.backOffUntil.Add(ticketGrace); kept.After(t.until) {
			t.until = kept
		}
	})
}

// wait returns how long a message of the queue has to wait if nobody else comes; 0 if it may go.
func (l *channelQueue) wait(key string, now time.Time) time.Duration {
	from := now
	if l.backOffUntil.After(now) {
		from = l.backOffUntil
	}
	wait := from.Sub(now)
	if missing := l.claim(key) - l.bucket.TokensAt(from); missing > 0 {
		wait += time.Duration(missing / float64(l.bucket.Limit()) * float64(time.Second))
		wait = wait.Truncate(time.Millisecond) + time.Millisecond // a little late rather than twice
	}
	return wait
}

// claim returns how much the bucket must hold for a message to go: one for itself, and one for each message before
// it. An update that lets others pass also needs what it leaves to them.
func (l *channelQueue) claim(key string) float64 {
	if i := placeOf(l.posts, key); i >= 0 {
		updates := min(len(l.updates), (i+l.passed)/l.priority.perUpdate)
		return float64(i + updates + 1)
	}
	i := placeOf(l.updates, key)
	posts := (i+1)*l.priority.perUpdate - l.passed // that pass until it is its turn
	if posts <= len(l.posts) {
		return float64(i + posts + 1)
	}
	return float64(i + len(l.posts) + 1 + l.priority.left)
}

// send takes a message out of the queue and out of the bucket.
func (l *channelQueue) send(key string, now time.Time) {
	update := placeOf(l.updates, key) >= 0
	l.remove(key)
	if update || len(l.updates) == 0 {
		l.passed = 0
	} else {
		l.passed = min(l.passed+1, l.priority.perUpdate)
	}
	l.bucket.ReserveN(now, 1)
}

// expire gives up the places that nobody has asked about for too long.
func (l *channelQueue) expire(now time.Time) {
	l.drop(func(t Ticket) bool { return t.until.Before(now) })
}

func (l *channelQueue) each(do func(*Ticket)) {
	for _, line := range [][]Ticket{l.posts, l.updates} {
		for i := range line {
			do(&line[i])
		}
	}
}

func (l *channelQueue) remove(key string) { l.drop(func(t Ticket) bool { return t.Key == key }) }

func (l *channelQueue) drop(gone func(Ticket) bool) {
	l.posts = slices.DeleteFunc(l.posts, gone)
	l.updates = slices.DeleteFunc(l.updates, gone)
}

// idle reports that a new queue would do the same as this one.
func (l *channelQueue) idle(now time.Time) bool {
	return len(l.posts) == 0 && len(l.updates) == 0 && !l.backOffUntil.After(now) &&
		l.bucket.TokensAt(now) >= float64(l.bucket.Burst())
}

// placeOf returns where in a list a message stands; -1 if it does not.
func placeOf(line []Ticket, key string) int {
	return slices.IndexFunc(line, func(t Ticket) bool { return t.Key == key })
}
