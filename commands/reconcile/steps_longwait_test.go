package reconcile_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// Linq's limits are on the key: one answer is enough for all, and it is said.
func TestAWaitThatLinqAsksForIsShared(t *testing.T) {
	t.Parallel()
	for name, op := range map[string]linqtest.Op{"by a reading": linqtest.GetChat, "by a DELETE": linqtest.Remove} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCrowd(t, linqtest.Config{}, 3, 0)
				c.linq.Fail(op, 1, linqtest.Fault{Status: http.StatusTooManyRequests, Code: 1007, RetryAfter: 90 * time.Second})
				began := time.Now()
				first, second := c.try(0), c.try(1)
				until := began.Add(90 * time.Second)
				assert.Assert(t, first >= 90*time.Second && first < 91*time.Second, "%s", first)
				assert.Assert(t, second > 90*time.Second && second < 91*time.Second, "%s", second)
				for i, r := range []ledger.Request{c.all[0].request(), c.all[1].request()} {
					assert.Equal(t, r.Reason, outcome.ReasonAskedToWait, "request %d", i)
					assert.Assert(t, !r.NextTryAt.Before(until))
				}
				assert.Equal(t, c.linq.Count(linqtest.Remove), map[linqtest.Op]int{linqtest.GetChat: 0, linqtest.Remove: 1}[op])
				shown := outcome.Explainer{}.Explain(c.all[1].request()).Text().String()
				assert.Equal(t, shown, fmt.Sprintf("⏳ Linq asks linqbot to wait; next try at %s. "+
					"The removal of +1 ••• ••• 1001 from %s is not done yet. linqbot goes on by itself; nobody needs to ask again.",
					until.Add(second-90*time.Second).UTC().Format("2006-01-02 15:04:05 UTC"), c.chat))

				before := len(c.linq.Calls())
				time.Sleep(89 * time.Second)
				assert.Assert(t, c.try(1) > 0)
				assert.Equal(t, len(c.linq.Calls()), before)
				assert.Equal(t, len(c.all[1].history()), 1, "nothing is stored of a run that came early")
				time.Sleep(2 * time.Second)
				assert.Equal(t, c.try(1), time.Duration(0))
				assert.Equal(t, c.all[1].request().State, ledger.Sent)
				assert.Equal(t, c.all[1].request().Reason, "")
			})
		})
	}
}

// People read of the wait when it is a long one, once for each.
func TestLongWaitsAreTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		trouble      linqtest.Fault
		reason, said string
	}{
		"503":                    {down(), outcome.ReasonNotAnswering, "Linq is not answering"},
		"no answer":              {linqtest.Fault{Drop: linqtest.BeforeEffect}, outcome.ReasonNotAnswering, "Linq is not answering"},
		"429 that names no wait": {linqtest.Fault{Status: 429, Code: 1007}, outcome.ReasonNoMoreCalls, "Linq takes no more calls for the moment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { longWaitsAreTold(t, test.trouble, test.reason, test.said) })
		})
	}
}

func longWaitsAreTold(t *testing.T, trouble linqtest.Fault, reason, why string) {
	t.Helper()
	c := newPaused(t, 3, 0, trouble)
	var said []string
	waiting := c.all[2]
	for range 12 {
		before := len(c.linq.Calls())
		time.Sleep(c.try(2) - 100*time.Millisecond)
		if len(c.linq.Calls()) > before {
			continue // it was the probe
		}
		if r := waiting.request(); r.Reason != "" {
			said = append(said, r.Reason)
		}
		time.Sleep(150 * time.Millisecond)
		c.all[0].set(func(r *ledger.Request) { r.NextTryAt = time.Time{} })
		c.try(0) // the probe
	}
	r := waiting.request()
	assert.Equal(t, r.Tries, 0)
	assert.Equal(t, r.Reason, reason)
	assert.Equal(t, len(waiting.changes), len(said), "one save for each long wait, none for a short one")
	assert.Equal(t, len(said), 12-5, "waits of 1 to 16 s are short")
	for _, change := range waiting.changes {
		assert.Assert(t, change.News)
	}
	shown := outcome.Explainer{}.Explain(r).Text().String()
	assert.Equal(t, shown, fmt.Sprintf("⏳ %s; next try at %s. "+
		"The removal of +1 ••• ••• 1002 from %s is not done yet. linqbot goes on by itself; nobody needs to ask again.",
		why, r.NextTryAt.UTC().Format("2006-01-02 15:04:05 UTC"), c.chat))
	assert.Equal(t, c.all[0].request().Reason, reason, "and to those who were tried")
}

// A Linq that is out of order and says for how long is one that does not answer.
func TestAnAnswerThatAsksForALongWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, linqtest.Config{}, 1, 0)
		c.linq.Fail(linqtest.Remove, 1, linqtest.Fault{Status: 503, Code: 4004, RetryAfter: 45 * time.Second})
		assert.Equal(t, c.try(0), 45*time.Second)
		assert.Equal(t, c.all[0].request().Reason, outcome.ReasonNotAnswering)
	})
}
