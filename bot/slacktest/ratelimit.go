package slacktest

import (
	"net/http"
	"strconv"
	"time"
)

// RateLimit lets Burst calls through at once and one more every Every.
type RateLimit struct {
	Every      time.Duration
	Burst      int  // at least 1
	PerChannel bool // each channel has its own; otherwise the workspace has one
}

// SlackRateLimits returns what Slack allows, for Config.RateLimits: a post a second in a channel,
// an answer a second to response URLs, fifty updates a minute (apis/web-api/rate-limits). The size
// of the bursts that Slack tolerates is not documented; these are low.
func SlackRateLimits() map[string]RateLimit {
	return map[string]RateLimit{
		"chat.postMessage": {Every: time.Second, Burst: 3, PerChannel: true},
		"chat.update":      {Every: time.Minute / 50, Burst: 10},
		responseURLMethod:  {Every: time.Second, Burst: 3, PerChannel: true},
	}
}

// limiter counts calls against the limits. Slack's lock guards it.
type limiter struct {
	limits map[string]RateLimit
	// paid holds, for each method and channel, the time up to which its calls are paid for: each
	// call adds Every to it, and may run ahead of the clock by what the burst allows.
	paid map[limitKey]time.Time
}

type limitKey struct{ method, channel string }

func newLimiter(limits map[string]RateLimit) limiter {
	return limiter{limits: limits, paid: make(map[limitKey]time.Time)}
}

// take lets a call through, or returns how long to wait before it may.
func (l *limiter) take(method, channel string, now time.Time) time.Duration {
	limit, ok := l.limits[method]
	if !ok {
		return 0
	}
	key := limitKey{method: method}
	if limit.PerChannel {
		key.channel = channel
	}
	paid := l.paid[key]
	if paid.Before(now) {
		paid = now
	}
	if wait := paid.Sub(now) - time.Duration(max(limit.Burst, 1)-1)*limit.Every; wait > 0 {
		return wait
	}
	l.paid[key] = paid.Add(limit.Every)
	return 0
}

// rateLimited is HTTP 429 with the whole seconds to wait.
func rateLimited(wait time.Duration) answer {
	a := errorAnswer(http.StatusTooManyRequests, failure("ratelimited"))
	seconds := int((wait + time.Second - 1) / time.Second)
	a.header.Set("Retry-After", strconv.Itoa(seconds))
	return a
}
