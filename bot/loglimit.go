package bot

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// logLimiter bounds the log lines about what anybody can send: so many at once for each cause, then one each
// few seconds, with how many were left out. Causes come from a small fixed set.
type logLimiter struct {
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

// allow reports whether there may be another line, and how many were left out since the last one.
func (s *logLimiter) allow(cause string) (leftOut int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.causes == nil {
		s.causes = make(map[string]*causeLimit)
	}
	c, known := s.causes[cause]
	if !known {
		c = &causeLimit{limiter: rate.NewLimiter(rate.Every(linesEvery), linesAtOnce)}
		s.causes[cause] = c
	}
	if !c.limiter.Allow() {
		c.leftOut++
		return 0, false
	}
	leftOut, c.leftOut = c.leftOut, 0
	return leftOut, true
}
