package commands

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
)

func TestWhyALongWait(t *testing.T) {
	t.Parallel()
	struggling, limited := delay{until: time.Unix(1, 0)}, delay{until: time.Unix(1, 0), limited: true}
	for name, test := range map[string]struct {
		reason string
		status int
		paused delay
		want   string
	}{
		"no answer":                       {ReasonNoAnswer, 0, delay{}, ReasonNotAnswering},
		"503":                             {"linq_4004", 503, delay{}, ReasonNotAnswering},
		"503, and a pause":                {"linq_4004", 503, limited, ReasonNotAnswering},
		"429":                             {"linq_1007", 429, delay{}, ReasonAskedToWait},
		"429, and a pause":                {"http_429", 429, struggling, ReasonAskedToWait},
		"a conflict":                      {"linq_2015", 409, delay{}, "linq_2015"},
		"a conflict, and a pause":         {"linq_2015", 409, struggling, ReasonNotAnswering},
		"a conflict, and a pause for all": {"linq_2015", 409, limited, ReasonAskedToWait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := ledger.Request{Reason: test.reason, HTTPStatus: test.status}
			assert.Equal(t, whyLong(r, test.paused), test.want)
		})
	}
}
