package linqtest

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Event is a change of who is in a chat, as Linq tells it by webhook: participant.removed (also for
// who left by themselves; Person.Status tells) or participant.added.
type Event struct {
	ID      string // UUID
	Type    string
	ChatID  string
	Person  Person // as it is after the change
	At      time.Time
	TraceID string // of the call that asked for it; "" if none did
}

// The types of an [Event].
const (
	ParticipantAdded   = "participant.added"
	ParticipantRemoved = "participant.removed"
)

// effect is what an accepted call asked for, while it is queued.
type effect struct {
	op      Op // Remove or Add
	chatID  string
	handle  string
	traceID string
	timer   *time.Timer
}

func (e *effect) stop() {
	if e.timer != nil {
		e.timer.Stop()
	}
}

// queued returns whether the same effect is under way already.
func (l *Linq) queued(op Op, c *chat, handle string) bool {
	return slices.ContainsFunc(l.queue, func(e *effect) bool {
		return e.op == op && e.chatID == c.ID && e.handle == handle
	})
}

// start sends a queued effect on its way.
func (l *Linq) start(e *effect) {
	switch delay := l.config.EffectDelay; {
	case delay == 0:
		l.takeEffect(e)
	case delay > 0:
		l.mu.Lock()
		defer l.mu.Unlock()
		if !l.closed {
			e.timer = time.AfterFunc(delay, func() { l.takeEffect(e) })
		}
	}
}

// takeEffect carries out a queued effect, once.
func (l *Linq) takeEffect(e *effect) {
	l.mu.Lock()
	at := slices.Index(l.queue, e)
	if at < 0 {
		l.mu.Unlock()
		return
	}
	e.stop()
	l.queue = slices.Delete(l.queue, at, at+1)
	carryOut := l.arrive
	if e.op == Remove {
		carryOut = func(chatID, handle, traceID string) (Event, bool) {
			return l.depart(chatID, handle, removed, traceID)
		}
	}
	event, ok := carryOut(e.chatID, e.handle, e.traceID)
	l.mu.Unlock()
	if ok {
		l.tell(event)
	}
}

func (l *Linq) depart(chatID, handle, status, traceID string) (Event, bool) {
	c := l.findChat(chatID)
	if c == nil {
		return Event{}, false
	}
	p := c.find(handle)
	if p == nil || !p.Active() {
		return Event{}, false
	}
	p.Status, p.LeftAt = status, time.Now().UTC()
	return l.record(ParticipantRemoved, c, p, traceID), true
}

func (l *Linq) arrive(chatID, handle, traceID string) (Event, bool) {
	c := l.findChat(chatID)
	if c == nil {
		return Event{}, false
	}
	p := c.find(handle)
	switch {
	case p == nil:
		p = &person{Person: Person{Handle: handle, Service: c.Service}, id: uuid.NewString()}
		c.people = append(c.people, p)
	case p.Active():
		return Event{}, false
	}
	p.Status, p.JoinedAt, p.LeftAt = active, time.Now().UTC(), time.Time{}
	return l.record(ParticipantAdded, c, p, traceID), true
}

func (l *Linq) record(kind string, c *chat, p *person, traceID string) Event {
	c.UpdatedAt = time.Now().UTC()
	event := Event{ID: uuid.NewString(), Type: kind, ChatID: c.ID, Person: p.Person, At: c.UpdatedAt, TraceID: traceID}
	l.events = append(l.events, event)
	l.wake()
	return event
}

func (l *Linq) tell(event Event) {
	l.deliver(event)
	if l.config.OnEvent != nil {
		l.config.OnEvent(event)
	}
}

// Events returns all effects so far, oldest first.
func (l *Linq) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.events)
}

// Effects returns how many times the person has left the chat, by a call or by themselves.
func (l *Linq) Effects(chatID, handle string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, event := range l.events {
		if event.Type == ParticipantRemoved && strings.EqualFold(event.ChatID, chatID) && strings.EqualFold(event.Person.Handle, handle) {
			n++
		}
	}
	return n
}
