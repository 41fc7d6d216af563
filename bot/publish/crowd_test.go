package publish

import (
	"slices"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/blockkit"
	"linqbot/bot/bottest"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// firstWord is how long the ledger has the first word wait for the outcome.
const firstWord = 2500 * time.Millisecond

// TestACrowd has 120 people ask in 40 channels within a second. Linq's list shows each 1.5 s later, which the reading
// of the chat 2 s after Linq took the removal finds; some are found later.
//
// What is found later is an edit, and Slack takes 50 of them a minute: of 120 the middle one can stand after 16 s at the
// earliest, and the last but one after 87 s.
func TestACrowd(t *testing.T) {
	t.Parallel()
	const channels, many = 40, 120
	for _, tc := range []struct {
		name         string
		late         int // of so many one is found later
		median, most time.Duration
	}{
		{"all in time", many + 1, 5 * time.Second, 5 * time.Second},
		{"a third is late", 3, 5 * time.Second, 15 * time.Second},
		{"half are late", 2, 5 * time.Second, 20 * time.Second},
		{"all are late", 1, 22 * time.Second, 93 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newSimulationOf(t, slacktest.Config{
				Messages:   slacktest.RateLimit{Every: time.Second, Burst: 40},
				RateLimits: map[string]slacktest.RateLimit{"chat.update": {Every: 1200 * time.Millisecond, Burst: 50}},
			}, channels)
			c.scheduler = queue.New(queue.Config{Now: c.Clock.Now})
			c.restart()
			c.ask(many)
			clear(c.due) // the ledger says when
			took := c.crowd(func(i int) time.Duration {
				found := 2100*time.Millisecond + time.Duration(i%4)*100*time.Millisecond
				if (i+1)%tc.late == 0 {
					found = 4200 * time.Millisecond // by the next reading
				}
				return found
			})
			median, most := took[len(took)/2], took[len(took)*99/100]
			t.Logf("outcomes stand after %s in the median, %s at the 99th percentile", median, most)
			assert.Assert(t, median <= tc.median && most <= tc.most, "%s in the median, %s at the 99th percentile", median, most)
			assert.Equal(t, c.refused(), 0)
			c.wantOutcomes()
		})
	}
}

// crowd spreads what was asked for over a second, ends each delivery so long after that, and shows it as the ledger
// does: first with its outcome, or when the first word has waited long enough. It returns how long each outcome took
// to stand in its reply, shortest first.
func (c *simulation) crowd(endsAfter func(i int) time.Duration) []time.Duration {
	c.T.Helper()
	const step = 100 * time.Millisecond
	began := c.Clock.Now()
	asked := make([]time.Duration, len(c.deliveries)) // since it began
	for i := range asked {
		asked[i] = time.Duration(i) * time.Second / time.Duration(len(asked))
	}
	var took []time.Duration
	shown, seen := make(map[string]bool), make(map[string]string)
	for since := time.Duration(0); since < 5*time.Minute; since += step {
		for i, d := range c.deliveries {
			ends := asked[i] + endsAfter(i)
			if first := asked[i] + firstWord; first <= since && since-step < first && ends > since {
				c.call(d)
			}
			if ends <= since && since-step < ends {
				c.memoryViews.change(d, func(v *ledger.View) {
					bottest.Removed(&v.Requests[0])
					v.Requests[0].EndedAt = began.Add(ends)
				})
				c.due[d] = c.Clock.Now()
			}
		}
		c.workDue()
		for i, d := range c.deliveries {
			if shown[d] {
				continue
			}
			now := c.memoryViews.shown(d)
			if now == seen[d] {
				continue // it has not changed, so it still shows no outcome
			}
			if seen[d] = now; c.showsOutcome(d) {
				shown[d] = true
				took = append(took, since-asked[i])
			}
		}
		c.Clock.Pass(step)
	}
	assert.Equal(c.T, len(took), len(c.deliveries))
	slices.Sort(took)
	return took
}

// showsOutcome reports whether the reply of a delivery shows that it is over.
func (c *simulation) showsOutcome(delivery string) bool {
	view, _ := c.memoryViews.View(c.T.Context(), delivery)
	request := view.Requests[0]
	p := c.publisher
	over := p.cfg.Teams.Renderer().Status(p.cfg.Explainer, request, p.cfg.Now())
	return request.State.Final() && view.Replies[delivery].Shown == blockkit.DigestOf(over)
}
