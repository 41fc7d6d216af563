package trail

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// quotas bound the rows that one person, or one who replays what they sent, can make: for each cause
// some at once, then one a minute. What is left out is counted, and the next row of the cause says how
// much it was.
type quotas struct {
	mu     sync.Mutex
	causes map[cause]*quota
}

// cause is what notes have in common that are counted together.
type cause struct {
	kind   Kind
	source string
	userID string
	rule   string // of a denial
}

func causeOf(n Note) cause {
	c := cause{kind: n.Kind, source: n.Source, userID: n.UserID}
	if n.Kind == Denied {
		c.rule = n.Rule
	}
	return c
}

type quota struct {
	limit   *rate.Limiter
	leftOut int64
	last    Note // of those left out
}

const (
	rowsAtOnce = 30
	rowEvery   = time.Minute
	// mostCauses bounds the memory. Those that come when it is full are counted together.
	mostCauses = 10_000
)

func newQuotas() *quotas { return &quotas{causes: make(map[cause]*quota)} }

// of returns the quota of a cause. The lock must be held.
func (q *quotas) of(c cause) *quota {
	if _, known := q.causes[c]; !known && len(q.causes) >= mostCauses {
		c = cause{kind: c.kind}
	}
	known, ok := q.causes[c]
	if !ok {
		known = &quota{limit: rate.NewLimiter(rate.Every(rowEvery), rowsAtOnce)}
		q.causes[c] = known
	}
	return known
}

// take reports whether a note gets a row, and how many of its cause got none since the last one.
func (q *quotas) take(n Note, now time.Time) (row bool, leftOut int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	of := q.of(causeOf(n))
	if !of.limit.AllowN(now, 1) {
		of.leftOut, of.last = of.leftOut+1, n
		return false, 0
	}
	leftOut, of.leftOut = of.leftOut, 0
	return true, leftOut
}

// leaveOut counts a note that gets no row.
func (q *quotas) leaveOut(n Note) {
	q.mu.Lock()
	defer q.mu.Unlock()
	of := q.of(causeOf(n))
	of.leftOut, of.last = of.leftOut+1, n
}

// rest returns the rows that are due for what was left out: the last note of each cause, with how many
// came before it. It forgets the causes of which nothing was heard for long. All of it is due at the end.
func (q *quotas) rest(now time.Time, atEnd bool) []*waiting {
	q.mu.Lock()
	defer q.mu.Unlock()
	var due []*waiting
	for c, of := range q.causes {
		if of.leftOut == 0 {
			if of.limit.TokensAt(now) >= rowsAtOnce {
				delete(q.causes, c)
			}
			continue
		}
		if !atEnd && !of.limit.AllowN(now, 1) {
			continue
		}
		last := &waiting{Note: of.last, done: make(chan struct{}), decided: true, row: true, leftOut: of.leftOut - 1}
		last.Delivery = "" // it is spent
		due = append(due, last)
		of.leftOut = 0
	}
	return due
}
