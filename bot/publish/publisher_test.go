package publish

import (
	"context"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

func TestARequestShowsInAThread(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	assert.Equal(t, s.Run(d), time.Duration(0))
	s.WantThread("@Ada asked to remove +1 ••• ••• 0132 from "+bottest.ChatID, "is recorded")

	s.News(d, bottest.Ann, s.Sent)
	s.Run(d)
	s.Clock.Pass(3 * time.Second)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Run(d)
	thread := s.OnlyThread()
	assert.Equal(t, thread[1].Edits, 2, "the same reply was changed twice")
	screen := strings.ReplaceAll(s.Slack.Screen(bottest.Ops, bottest.Grace), s.View(d).Requests[0].ShortID(), "89abcdef") // made at random
	golden.Assert(t, screen, "screen.golden")
	assert.Equal(t, s.View(d).Thread.Route, ledger.InThread)
}

func TestShowingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann, bottest.Bert)
	s.Run(d)
	s.News(d, bottest.Ann, s.Sent)
	s.Run(d)
	before := len(s.Slack.Calls())
	for range 5 {
		assert.Equal(t, s.Run(d), time.Duration(0))
	}
	assert.Equal(t, len(s.Slack.Calls()), before)
	s.WantThread("asked to remove", "queued", "recorded")
}

// Another process, or this one after a crash, knows nothing but the ledger.
func TestShowingAgainByAnotherProcess(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Run(d)
	before := len(s.Slack.Calls())
	logger, _ := bottest.NewLog()
	s.publisher = s.newPublisher(logger)
	s.Run(d)
	assert.Equal(t, len(s.Slack.Calls()), before)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Run(d)
	s.WantThread("asked for by", "has left")
}

// News that came between two runs are shown by one call.
func TestNewsAreShownTogether(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Run(d)
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.NextTryAt, r.Reason = s.Clock.Now(), outcome.ReasonNoAnswer })
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.State, r.SentAt = ledger.Sent, s.Clock.Now() })
	s.News(d, bottest.Ann, func(r *ledger.Request) { r.State = ledger.Removed })
	s.Run(d)
	assert.Equal(t, s.Calls("chat.update"), 2, "the reply and the parent")
	s.WantThread("asked for by", "has left")
}

func TestTheParentLearnsTheNameOfTheChat(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	s.Run(d)
	parent := s.OnlyThread()[0]
	s.News(d, bottest.Ann, s.Sent)
	s.Run(d)
	thread := s.OnlyThread()
	assert.Equal(t, thread[0].TS, parent.TS)
	assert.Equal(t, thread[0].Rendered, "⏳ @Ada asked to remove +1 ••• ••• 0132 from Spring launch.\nChat "+bottest.ChatID)
	assert.Equal(t, s.Calls("chat.postMessage"), 2)
	assert.Equal(t, s.Calls("chat.update"), 2)
}

func TestSeveralHandlesShareAThread(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann, bottest.Bert, bottest.Cleo)
	s.Run(d)
	s.WantThread("remove +1 ••• ••• 0132, +1 ••• ••• 0133 and +1 ••• ••• 0134 from", "0132", "0133", "0134")
	s.News(d, bottest.Bert, func(r *ledger.Request) { r.State, r.Reason = ledger.Refused, outcome.ReasonNotInChat })
	s.Run(d)
	assert.Equal(t, s.Calls("chat.update"), 2)
	s.WantThread("⛔ 1 refused, ⏳ 2 under way: @Ada asked to remove", "0132 from", "0133 is not in", "0134 from", "⛔ @Ada: +1 ••• ••• 0133 is not in")
}

func TestDeliveriesHaveThreadsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	first, second := s.Ask(bottest.Ann), s.AskIn(bottest.Ops, bottest.Grace, bottest.Bert)
	s.Run(first)
	s.Run(second)
	assert.Equal(t, len(s.Parents()), 2)
	for _, parent := range s.Parents() {
		assert.Equal(t, len(s.Slack.Thread(bottest.Ops, parent.TS)), 2)
	}
}

func TestAnUnknownDeliveryIsNoTrouble(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	assert.Equal(t, s.Run("nobody asked"), time.Duration(0))
	assert.Equal(t, len(s.Slack.Calls()), 0)
}

func TestAProcessThatStopsSaysSo(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	ctx, cancel := context.WithCancel(t.Context())
	s.Slack.Chaos(func(string) *slacktest.Fault {
		cancel()
		return &slacktest.Fault{Delay: time.Minute}
	})
	_, err := s.publisher.Run(ctx, d)
	assert.ErrorIs(t, err, context.Canceled)
	s.Slack.ClearFaults()
	s.Settle(d)
	s.WantThread("asked to remove", "recorded")
}
