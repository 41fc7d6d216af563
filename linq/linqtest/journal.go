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

// Calls returns all requests so far, in the order they arrived.
func (l *Linq) Calls() []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

// Deletes returns how many requests to remove the person from the chat have arrived, whatever came
// of them.
func (l *Linq) Deletes(chatID, handle string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, call := range l.calls {
		if call.Op == Remove && strings.EqualFold(call.ChatID, chatID) && strings.EqualFold(call.Handle, handle) {
			n++
		}
	}
	return n
}

// arrived writes a request down and returns its place in the journal.
func (l *Linq) arrived(call Call) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, call)
	return len(l.calls) - 1
}

func (l *Linq) answered(place, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[place].Status = status
}
