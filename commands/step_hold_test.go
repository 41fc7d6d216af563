package commands

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
)

func TestWhyALongWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 16, 45, 0, 0, time.UTC)
	paused := func(wait time.Duration, why cause) delay { return delay{until: now.Add(wait), why: why} }
	none, minute := delay{}, time.Minute
	for name, test := range map[string]struct {
		reason string
		status int
		asked  time.Duration
		paused delay
		want   string
	}{
		"no answer":                         {ReasonNoAnswer, 0, 0, none, ReasonNoAnswer},
		"no answer, and a pause":            {ReasonNoAnswer, 0, 0, paused(minute, NotAnswering), ReasonNotAnswering},
		"503":                               {"linq_4004", 503, 0, none, "linq_4004"},
		"503 that asks for the wait":        {"linq_4004", 503, minute, none, ReasonNotAnswering},
		"503, and a pause":                  {"linq_4004", 503, 0, paused(minute, NotAnswering), ReasonNotAnswering},
		"503, and a pause that Linq named":  {"linq_4004", 503, 0, paused(minute, AskedToWait), ReasonAskedToWait},
		"503, and a short pause":            {"linq_4004", 503, 0, paused(16*time.Second, NotAnswering), ReasonNotAnswering},
		"429":                               {"linq_1007", 429, 0, none, "linq_1007"},
		"429, and a pause":                  {"linq_1007", 429, 0, paused(minute, NoMoreCalls), ReasonNoMoreCalls},
		"429 that asks for the wait":        {"linq_1007", 429, minute, none, ReasonAskedToWait},
		"429 that asks for less":            {"linq_1007", 429, time.Second, paused(minute, NoMoreCalls), ReasonNoMoreCalls},
		"429 that asks for it, and a pause": {"http_429", 429, minute, paused(minute, NotAnswering), ReasonAskedToWait},
		"a conflict":                        {"linq_2015", 409, 0, none, "linq_2015"},
		"a conflict, and a pause":           {"linq_2015", 409, 0, paused(minute, NotAnswering), ReasonNotAnswering},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ledger.Request{Reason: test.reason, HTTPStatus: test.status}
			assert.Equal(t, whyLong(r, test.asked, test.paused), test.want)
		})
	}
}
