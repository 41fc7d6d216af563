package linqtest

import (
	"slices"
	"strings"
	"time"
)

// Call is a request that arrived.
type Call struct {
	At      time.Time
	Op      Op
	Method  string
	Path    string // with the query
	ChatID  string // "" if the path has none
	Handle  string // the whole handle in the body; "" if there is none
	Status  int    // of the answer; 0 while there is none
	TraceID string
}

// Exchange is a [Call] with what was sent and answered.
type Exchange struct {
	Call
	Body   []byte
	Answer []byte // nil while there is none
	Took   time.Duration
}

// Calls returns all requests so far, in the order they arrived.
func (l *Linq) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Call, len(l.exchanges))
	for i, exchange := range l.exchanges {
		all[i] = exchange.Call
	}
	return all
}

// Exchanges returns all requests so far with their bodies, in the order they arrived.
func (l *Linq) Exchanges() []Exchange {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.exchanges)
}

// Deletes returns how many requests to remove the person from the chat have arrived, whatever came
// of them.
func (l *Linq) Deletes(chatID, handle string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, call := range l.exchanges {
		if call.Op == Remove && strings.EqualFold(call.ChatID, chatID) && strings.EqualFold(call.Handle, handle) {
			n++
		}
	}
	return n
}

// arrived writes a request down and returns its place in the journal.
func (l *Linq) arrived(call Exchange) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.exchanges = append(l.exchanges, call)
	l.wake()
	return len(l.exchanges) - 1
}

func (l *Linq) answered(place int, answer reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	call := &l.exchanges[place]
	call.Status, call.Answer, call.Took = answer.status, answer.bytes(), time.Since(call.At)
	l.wake()
}

// Changed returns a channel that is closed at the next change of anything that can be read here.
func (l *Linq) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// wake tells who waits for a change. The lock must be held.
func (l *Linq) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}
