package limits

import "maps"

// Counter remembers how many removals count for a scope at most, where nobody else writes to the store. Only one
// goroutine at a time uses it: the one that records, or one that writes to the store, while nobody records.
type Counter struct {
	atMost map[Scope]int // nil where others write to the store too
}

// NewCounter returns a counter of a store; alone says that nobody else writes to it.
func NewCounter(alone bool) Counter {
	if !alone {
		return Counter{}
	}
	return Counter{atMost: make(map[Scope]int)}
}

// mostCounted bounds the scopes that are remembered.
const mostCounted = 10_000

// Add counts one more removal of a person, also if no limit holds for it: one may hold later.
func (c Counter) Add(person Scope) {
	if atMost, known := c.atMost[Everybody]; known {
		c.atMost[Everybody] = atMost + 1
	}
	if atMost, known := c.atMost[person]; known && person != Everybody {
		c.atMost[person] = atMost + 1
	}
}

// Learn keeps what was counted.
func (c Counter) Learn(taken map[Scope]int) {
	if c.atMost == nil {
		return
	}
	if len(c.atMost) > mostCounted {
		clear(c.atMost)
	}
	maps.Copy(c.atMost, taken)
}

// SurelyWithin reports that the limits, by scope, are not exceeded, as far as that is known without counting: since a
// scope was counted, removals have left the window or were declined, and none came that was not added.
func (c Counter) SurelyWithin(bounds map[Scope]int) bool {
	for s, most := range bounds {
		if atMost, known := c.atMost[s]; !known || atMost > most {
			return false
		}
	}
	return c.atMost != nil
}

// Forget has scopes counted anew. Its caller writes to the store, so nobody accepts meanwhile.
func (c Counter) Forget(scopes ...Scope) {
	for _, s := range scopes {
		delete(c.atMost, s)
	}
}
