package slacktest

import (
	"net/http"
	"strconv"
	"time"

	"linqbot/bot/slacktest/internal/webapi"
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
		webapi.ResponseURL: {Every: time.Second, Burst: 3, PerChannel: true},
	}
}

// limiter counts calls against the limits. Slack's lock guards it.
type limiter struct {
	limits   map[string]RateLimit
	messages RateLimit
	// paid holds, for each limit, the time up to which its calls are paid for: each call adds Every
	// to it, and may run ahead of the clock by what the burst allows.
	paid map[limitKey]time.Time
}

// limitKey names a count: of a method, or of all messages in a channel.
type limitKey struct{ method, channel string }

func newLimiter(limits map[string]RateLimit, messages RateLimit) limiter {
	return limiter{limits: limits, messages: messages, paid: make(map[limitKey]time.Time)}
}

// take lets a call through, or returns how long to wait before it may.
func (l *limiter) take(method, channel string, now time.Time) time.Duration {
	limits := l.of(method, channel)
	var wait time.Duration
	for key, limit := range limits {
		ahead := time.Duration(max(limit.Burst, 1)-1) * limit.Every
		wait = max(wait, l.paidUpTo(key, now).Sub(now)-ahead)
	}
	if wait > 0 {
		return wait
	}
	for key, limit := range limits {
		l.paid[key] = l.paidUpTo(key, now).Add(limit.Every)
	}
	return 0
}

func (l *limiter) paidUpTo(key limitKey, now time.Time) time.Time {
	if paid := l.paid[key]; paid.After(now) {
		return paid
	}
	return now
}

// of returns the limits that hold for a call.
func (l *limiter) of(method, channel string) map[limitKey]RateLimit {
	limits := make(map[limitKey]RateLimit)
	if limit, ok := l.limits[method]; ok {
		key := limitKey{method: method}
		if limit.PerChannel {
			key.channel = channel
		}
		limits[key] = limit
	}
	if l.messages.Every > 0 && (method == "chat.postMessage" || method == "chat.update") {
		limits[limitKey{channel: channel}] = l.messages
	}
	return limits
}

// rateLimited is HTTP 429 with the whole seconds to wait.
func rateLimited(wait time.Duration) webapi.Answer {
	a := webapi.ErrorAnswer(http.StatusTooManyRequests, webapi.Failure("ratelimited"))
	seconds := int((wait + time.Second - 1) / time.Second)
	a.Header.Set("Retry-After", strconv.Itoa(seconds))
	return a
}
