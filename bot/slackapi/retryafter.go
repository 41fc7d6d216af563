package slackapi

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	leastWait = time.Second
	mostWait  = 10 * time.Minute
)

// retryAfter is the wait that an answer asks for, in whole seconds; 0 if it asks for none. It may be written as a
// fraction of a second, or as a moment: proxies do that.
func retryAfter(header http.Header, now time.Time) time.Duration {
	said := strings.TrimSpace(header.Get("Retry-After"))
	seconds, err := strconv.ParseFloat(said, 64)
	if err != nil || math.IsNaN(seconds) {
		until, err := http.ParseTime(said)
		if err != nil {
			return 0
		}
		seconds = until.Sub(now).Seconds()
	}
	seconds = min(max(math.Ceil(seconds), leastWait.Seconds()), mostWait.Seconds())
	return time.Duration(seconds) * time.Second
}

// writeRetryAfter writes the wait of a 429 as slack-go reads it, which takes anything but whole seconds for another
// kind of trouble. Where Slack says nothing, it is the shortest one.
func writeRetryAfter(header http.Header, now time.Time) {
	wait := max(retryAfter(header, now), leastWait)
	header.Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
}
