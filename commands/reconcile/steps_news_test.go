package reconcile_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// People see what changes for them, and not each act on the way.
func TestNews(t *testing.T) {
	t.Parallel()
	for kind, want := range map[ledger.Kind][]string{
		ledger.Remove: {
			"try 1: asking Linq | accepted | - | -",
			"Linq answered 503, code 4004; trying again in 1s | accepted | news | traced",
			"try 2: asking Linq | accepted | - | -",
			"Linq answered 202 | sent | news | traced",
			"the chat still lists them | sent | - | -",
			"the chat shows that they are gone | removed | news | -",
		},
		ledger.Add: {
			"try 1: asking Linq | accepted | - | -",
			"Linq answered 503, code 4004; trying again in 1s | accepted | news | traced",
			"try 2: asking Linq | accepted | - | -",
			"Linq answered 202 | sent | news | traced",
			"the chat shows that they are in it | added | news | -",
		},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := newEnvOf(t, kind, linqtest.Config{EffectDelay: 5 * time.Second})
				e.linq.Fail(linqtest.GetChat, 2, linqtest.Fault{Status: 500})
				e.linq.Fail(kinds()[kind].op, 1, linqtest.Fault{Status: 503, Code: 4004})
				e.follow()
				e.watch()
				var got []string
				for i, c := range e.records.changes {
					news := "-"
					if c.News {
						news = "news"
					}
					traced := "-"
					if c.TraceID != "" {
						traced = "traced"
					}
					got = append(got, strings.Join([]string{c.Cause, string(e.records.states[i]), news, traced}, " | "))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			})
		})
	}
}

func TestStepsLogNoHandle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEnv(t, linqtest.Config{}, linqtest.Group(ben+", "+carla, line, ada, ben, carla), ada)
		var logged bytes.Buffer
		logger := logrus.New()
		logger.SetOutput(&logged)
		logger.SetLevel(logrus.TraceLevel)
		logger.SetFormatter(&logrus.JSONFormatter{})
		e.steps = reconcile.NewSteps(reconcile.StepsConfig{Chats: e.client, Records: e.records, Logger: logger})
		e.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 403, Code: 4711, Message: "not " + ada})
		e.remove()
		assert.Equal(t, e.records.request().State, ledger.Refused)
		for _, field := range []string{`"request":"00c0ffee"`, `"state":"refused"`, `"reason":"linq_4711"`, `"trace_id":"`} {
			assert.Assert(t, strings.Contains(logged.String(), field), logged.String())
		}
		for _, part := range []string{"5550132", "••• 0132", "5550143", "carla", "Tr1"} {
			assert.Assert(t, !strings.Contains(logged.String(), part), logged.String())
		}
		for _, cause := range e.records.history() {
			assert.Assert(t, !strings.Contains(cause, "0132"), "the history holds no one's number: %s", cause)
		}
	})
}
