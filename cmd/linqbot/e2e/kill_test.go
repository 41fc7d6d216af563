package e2e_test

import (
	"flag"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linqbot/bot/slacktest"
	"linqbot/linq/linqtest"
)

var chaosCount = flag.Int("chaos", 20, "how many commands the kill -9 test sends; 200 takes some minutes")

// Whatever is killed, lost or refused for the moment: what was acknowledged ends as a removal, done
// once, in a thread that says so, and nobody reads of a failure that was none.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	var calm atomic.Bool
	env := newEnv(t, linqtest.Config{EffectDelay: 50 * time.Millisecond, Chaos: linqChaos(&calm)})
	handles := numbers(2000, *chaosCount)
	env.chat = env.linq.AddChat(linqtest.Group("Chaos", line, append(handles, numbers(100, 3)...)...))
	env.slack.Chaos(slackChaos(&calm))
	env.vars["SLACK_TEAM_IDS"] = env.slack.Config().TeamID
	env.patience = 5 * time.Minute // the channel has its pace

	b := env.start()
	for _, handle := range handles {
		before := env.linq.Deletes(env.chat, handle)
		env.insist(handle)
		if rand.IntN(3) == 0 {
			env.await("the DELETE", func() bool { return env.linq.Deletes(env.chat, handle) > before })
		}
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond) // the random instant
		b.Kill()
		b = env.start()
	}
	calm.Store(true) // each failure makes the next wait longer
	for _, handle := range handles {
		env.awaitOutcome("✅ +1 ••• ••• " + handle[len(handle)-4:] + " ")
		if got := env.linq.Effects(env.chat, handle); got != 1 {
			t.Errorf("%s left %d times", handle, got)
		}
	}
	for _, m := range env.slack.Messages(channel) {
		if strings.Contains(m.Rendered, "⚠️") || strings.Contains(m.Rendered, "⛔") {
			t.Errorf("a failure that was none: %s", m.Rendered)
		}
	}
	last := slices.DeleteFunc(env.outcomes(), func(m slacktest.Message) bool {
		return strings.Contains(m.Rendered, "Said again in ") // a late outcome is a reply of its own, to which the first one points
	})
	if parents, outcomes := len(env.parents()), len(last); parents != len(handles) || outcomes != len(handles) {
		t.Errorf("%d threads and %d replies for %d commands", parents, outcomes, len(handles))
	}
}

// insist types until the command is acknowledged, as a person would. Only a command that was not
// acknowledged is typed again.
func (env *testEnv) insist(handle string) {
	env.t.Helper()
	env.await("an ack", func() bool {
		ack, err := env.slack.Send(env.t.Context(), "http://"+env.addr, slacktest.Command{
			UserID: alice, ChannelID: channel, Text: env.chat + " " + handle,
		})
		return err == nil && ack.Status == http.StatusOK &&
			(strings.Contains(ack.Text, "is recorded") || strings.Contains(ack.Text, "already under way"))
	})
}

// dice rolls for several goroutines; a seed would promise an order that two processes do not keep.
type dice struct{ sync.Mutex }

func (d *dice) oneIn(n int) bool {
	d.Lock()
	defer d.Unlock()
	return rand.IntN(n) == 0
}

func linqChaos(calm *atomic.Bool) func(linqtest.Op) *linqtest.Fault {
	var d dice
	return func(op linqtest.Op) *linqtest.Fault {
		switch {
		case calm.Load():
		case d.oneIn(8):
			return &linqtest.Fault{Status: http.StatusInternalServerError, Code: 3006}
		case d.oneIn(9):
			return &linqtest.Fault{Drop: linqtest.AfterEffect}
		case d.oneIn(10):
			return &linqtest.Fault{Drop: linqtest.BeforeEffect}
		case op == linqtest.Remove && d.oneIn(6):
			return &linqtest.Fault{Status: http.StatusBadGateway, WithEffect: true}
		case d.oneIn(6):
			return &linqtest.Fault{Delay: 300 * time.Millisecond}
		}
		return nil
	}
}

func slackChaos(calm *atomic.Bool) func(string) *slacktest.Fault {
	var d dice
	return func(string) *slacktest.Fault {
		switch {
		case calm.Load():
		case d.oneIn(8):
			return &slacktest.Fault{Status: http.StatusServiceUnavailable}
		case d.oneIn(10):
			return &slacktest.Fault{Drop: slacktest.AfterEffect}
		case d.oneIn(11):
			return &slacktest.Fault{Drop: slacktest.BeforeEffect}
		case d.oneIn(12):
			return &slacktest.Fault{Error: "fatal_error", WithEffect: true}
		case d.oneIn(9):
			return &slacktest.Fault{RetryAfter: time.Second}
		}
		return nil
	}
}
