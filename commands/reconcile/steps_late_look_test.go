package reconcile_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/linqtest"
)

// crowdedLook is a crowd of which the first will ask Linq for half a second, and wait for 4.4 s after
// that to look again, while the only place for readings is taken: longer than a run waits in place
// before Linq has answered.
func crowdedLook(t *testing.T, answer linqtest.Fault) *crowd {
	t.Helper()
	c := newCrowd(t, linqtest.Config{}, 2, 1)
	c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Status: 500, Code: 3006}) // the first does not see the chat
	answer.Delay = 500 * time.Millisecond
	c.linq.Fail(linqtest.Remove, 1, answer)
	return c
}

// besides lets the second read the chat for so long, beside the first.
func (c *crowd) besides() (ended func() time.Duration) {
	c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: 4900 * time.Millisecond})
	return c.start(1)
}

// What Linq answered is acted on, however many others want to read at that moment.
func TestALookAfterAnAnswerWaitsForItsPlace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer linqtest.Fault
		before func(c *crowd)
		want   ledger.State
		reason string
		doubt  bool
	}{
		"they had left": {
			linqtest.Fault{Status: 404, Code: 2001},
			func(c *crowd) {
				assert.Assert(c.t, c.linq.LeaveByThemselves(c.chat, c.all[0].request().Handle.Value()))
			},
			ledger.AlreadyGone, outcome.ReasonSeenGone, false,
		},
		"the time is over": {
			linqtest.Fault{Status: 503, Code: 4004},
			func(c *crowd) {
				c.all[0].set(func(r *ledger.Request) { r.Tries, r.FirstTryAt = 30, time.Now().Add(-time.Hour) })
			},
			ledger.Failed, "linq_4004", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := crowdedLook(t, test.answer)
				test.before(c)
				tries := c.all[0].request().Tries
				firstEnded := c.start(0)
				secondEnded := c.besides()
				wait := firstEnded()
				secondEnded()
				assert.Equal(t, wait, time.Duration(0))
				r := c.all[0].request()
				assert.Equal(t, r.State, test.want)
				assert.Equal(t, r.Reason, test.reason)
				assert.Equal(t, r.MayHaveReached, test.doubt)
				assert.Equal(t, r.Tries, tries+1)
				assert.Assert(t, r.TraceID != "")
			})
		})
	}
}

// A run that ends before it could look keeps what Linq answered for the next.
func TestALookAfterAnAnswerThatIsCutShort(t *testing.T) {
	t.Parallel()
	for name, reading := range map[string]bool{"while it waits for its place": false, "while it reads": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := crowdedLook(t, linqtest.Fault{Status: 404, Code: 2001})
				id := c.all[0].request().ID
				assert.Assert(t, c.linq.LeaveByThemselves(c.chat, c.all[0].request().Handle.Value()))
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				ended := make(chan error, 1)
				go func() {
					_, err := c.steps.Try(ctx, id)
					ended <- err
				}()
				synctest.Wait()
				secondEnded := func() time.Duration { return 0 }
				if reading {
					c.linq.Fail(linqtest.GetChat, 1, linqtest.Fault{Delay: time.Hour})
				} else {
					secondEnded = c.besides()
				}
				err := <-ended
				secondEnded()
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				r := c.all[0].request()
				assert.Equal(t, r.State, ledger.Accepted)
				assert.Equal(t, r.Reason, "linq_2001")
				assert.Equal(t, r.HTTPStatus, 404)
				assert.Assert(t, r.TraceID != "" && !r.MayHaveReached)
				assert.Assert(t, !r.NextTryAt.IsZero(), "nobody is told that Linq has not answered")

				time.Sleep(c.try(0))
				c.try(0)
				assert.Equal(t, c.all[0].request().State, ledger.AlreadyGone)
				assert.Equal(t, c.all[0].request().Tries, 1)
			})
		})
	}
}
