// Package loglimit bounds how many log lines somebody from outside can cause. It knows nothing of what the lines say.
// Begin reading at [Limiter.Allow].
package loglimit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter bounds the log lines about what anybody can send: so many at once for each cause, then one each
// few seconds, with how many were left out. Causes come from a small fixed set. Its zero value is ready.
type Limiter struct {
	mu     sync.Mutex
	causes map[string]*causeLimit
}

type causeLimit struct {
	limiter *rate.Limiter
	leftOut int
}

const (
	linesAtOnce = 20
	linesEvery  = 5 * time.Second
)

// Allow reports whether there may be another line, and how many were left out since the last one.
func (l *Limiter) Allow(cause string) (leftOut int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.causes == nil {
		l.causes = make(map[string]*causeLimit)
	}
	c, known := l.causes[cause]
	if !known {
		c = &causeLimit{limiter: rate.NewLimiter(rate.Every(linesEvery), linesAtOnce)}
		l.causes[cause] = c
	}
	if !c.limiter.Allow() {
		c.leftOut++
		return 0, false
	}
	leftOut, c.leftOut = c.leftOut, 0
	return leftOut, true
}
