package breaker

import (
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
)

// The log says who waits, and whether Linq asked for it; so does the reason.
func TestTheLogTellsWhoWaits(t *testing.T) {
	t.Parallel()
	const all, one = "Linq struggles; all steps wait", "Linq struggles with one request, which waits"
	for name, test := range map[string]struct {
		requests string // the request of each call
		hears    result
		says     string
		asked    bool
		why      Cause
	}{
		"several requests":            {"abcd", changeBad(), all, false, NotAnswering},
		"one request":                 {"aaaa", changeBad(), one, false, NotAnswering},
		"429 that names the wait":     {"a", limitedFor(40), all, true, AskedToWait},
		"429 that names no wait":      {"aaaa", limitedFor(0), all, false, NoMoreCalls},
		"503 that names the wait":     {"abcd", result{change: true, trouble: true, asked: time.Minute}, all, true, NotAnswering},
		"503 that names it, to one":   {"aaaa", result{change: true, trouble: true, asked: time.Minute}, one, true, NotAnswering},
		"503 that names a short wait": {"abcd", result{change: true, trouble: true, asked: time.Millisecond}, all, false, NotAnswering},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			logger := logrus.New()
			logger.SetOutput(&log)
			logger.SetFormatter(&logrus.JSONFormatter{})
			p := New(Config{Logger: logger, Jitter: func(d time.Duration) time.Duration { return d }})
			for _, request := range test.requests {
				turn, _, err := p.Acquire(t.Context(), Run{Request: string(request)})
				assert.NilError(t, err)
				p.decide(func(pause *circuit, now time.Time) { pause.record(turn, test.hears, now) })
			}
			assert.Equal(t, strings.Count(log.String(), "\n"), 1, log.String())
			assert.Assert(t, strings.Contains(log.String(), `"msg":"`+test.says+`"`), log.String())
			assert.Equal(t, strings.Contains(log.String(), `"asked_by_linq":true`), test.asked, log.String())
			assert.Equal(t, p.Remaining("a").Why, test.why)
		})
	}
}
