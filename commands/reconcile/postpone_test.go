package reconcile

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/breaker"
)

func TestWhyALongWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 16, 45, 0, 0, time.UTC)
	paused := func(wait time.Duration, why breaker.Cause) breaker.Wait {
		return breaker.Wait{Until: now.Add(wait), Why: why}
	}
	none, minute := breaker.Wait{}, time.Minute
	for name, test := range map[string]struct {
		reason string
		status int
		asked  time.Duration
		paused breaker.Wait
		want   string
	}{
		"no answer":                         {outcome.ReasonNoAnswer, 0, 0, none, outcome.ReasonNoAnswer},
		"no answer, and a pause":            {outcome.ReasonNoAnswer, 0, 0, paused(minute, breaker.NotAnswering), outcome.ReasonNotAnswering},
		"503":                               {"linq_4004", 503, 0, none, "linq_4004"},
		"503 that asks for the wait":        {"linq_4004", 503, minute, none, outcome.ReasonNotAnswering},
		"503, and a pause":                  {"linq_4004", 503, 0, paused(minute, breaker.NotAnswering), outcome.ReasonNotAnswering},
		"503, and a pause that Linq named":  {"linq_4004", 503, 0, paused(minute, breaker.AskedToWait), outcome.ReasonAskedToWait},
		"503, and a short pause":            {"linq_4004", 503, 0, paused(16*time.Second, breaker.NotAnswering), outcome.ReasonNotAnswering},
		"429":                               {"linq_1007", 429, 0, none, "linq_1007"},
		"429, and a pause":                  {"linq_1007", 429, 0, paused(minute, breaker.NoMoreCalls), outcome.ReasonNoMoreCalls},
		"429 that asks for the wait":        {"linq_1007", 429, minute, none, outcome.ReasonAskedToWait},
		"429 that asks for less":            {"linq_1007", 429, time.Second, paused(minute, breaker.NoMoreCalls), outcome.ReasonNoMoreCalls},
		"429 that asks for it, and a pause": {"http_429", 429, minute, paused(minute, breaker.NotAnswering), outcome.ReasonAskedToWait},
		"a conflict":                        {"linq_2015", 409, 0, none, "linq_2015"},
		"a conflict, and a pause":           {"linq_2015", 409, 0, paused(minute, breaker.NotAnswering), outcome.ReasonNotAnswering},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ledger.Request{Reason: test.reason, HTTPStatus: test.status}
			assert.Equal(t, whyLong(r, test.asked, test.paused), test.want)
		})
	}
}
