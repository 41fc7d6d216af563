package publish

import (
	"context"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// endsAfter is a ledger that stops the process once it has stored so many things.
type endsAfter struct {
	Views
	stop  *bottest.Stopped
	saves int
}

func (v *endsAfter) count() {
	if v.saves--; v.saves == 0 {
		v.stop.Over.Store(true)
	}
}

func (v *endsAfter) SaveThread(ctx context.Context, t ledger.Thread) error {
	defer v.count()
	return v.Views.SaveThread(ctx, t)
}

func (v *endsAfter) SaveReply(ctx context.Context, r ledger.Reply) error {
	defer v.count()
	return v.Views.SaveReply(ctx, r)
}

// A process is stopped at any moment, another does its work, and the first goes on: it neither posts
// nor forgets what the other did.
func TestAProcessThatGoesOnTooLate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		saves int // until the process is stopped
		calls int // that it makes
	}{
		{"before the intent", 0, 0},
		{"before the parent", 1, 0},
		{"after the parent", 2, 1},
		{"before the reply", 3, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			ctx := &bottest.Stopped{Context: t.Context()}
			ctx.Over.Store(tc.saves == 0)
			logger, log := bottest.NewLog()
			ours := s.newPublisher(logger)
			ours.cfg.Views = timely{&endsAfter{Views: s.Ledger, stop: ctx, saves: tc.saves}}
			_, err := ours.Run(ctx, d)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, len(s.Slack.Calls()), tc.calls)
			assert.Assert(t, s.View(d).Thread.TroubleSince.IsZero())
			assert.Assert(t, !strings.Contains(log.String(), "not told"), "that is no trouble")

			s.Settle(d)
			s.News(d, bottest.Ann, bottest.Removed)
			s.Settle(d)
			stands := s.View(d)
			calls := len(s.Slack.Calls())
			_, err = ours.Run(ctx, d) // all over again, since it may run on from anywhere
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			after := s.View(d)
			assert.DeepEqual(t, after.Thread, stands.Thread)
			assert.DeepEqual(t, after.Replies, stands.Replies)
			assert.Equal(t, len(s.Slack.Calls()), calls)
			s.WantThread("asked for by", "has left")
		})
	}
}

// What was on its way when the process was stopped goes on with what it knew then.
func TestAStaleRunStoresNothing(t *testing.T) {
	t.Parallel()
	s := newEnv(t, slacktest.Config{})
	d := s.Ask(bottest.Ann)
	stale := s.View(d)
	s.Settle(d)
	stands := s.View(d)
	calls := len(s.Slack.Calls())
	err := s.publisher.show(bottest.Over(t), &stale)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.DeepEqual(t, s.View(d).Thread, stands.Thread)
	assert.Equal(t, len(s.Slack.Calls()), calls)

	v := timely{s.Ledger}
	late := bottest.Over(t)
	assert.ErrorIs(t, v.SaveThread(late, ledger.Thread{Delivery: d}), context.DeadlineExceeded)
	assert.ErrorIs(t, v.SaveReply(late, ledger.Reply{RequestID: stale.Requests[0].ID}), context.DeadlineExceeded)
	assert.ErrorIs(t, v.MarkTold(late, ledger.Follower{Delivery: d}), context.DeadlineExceeded)
	assert.DeepEqual(t, s.View(d).Replies, stands.Replies)
}

// The process is stopped while an answer is on its way. That a message stands is kept; that it does
// not is not, since by now it may.
func TestAnAnswerThatComesTooLate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		fault  *slacktest.Fault
		stands bool
	}{
		{"it stands", nil, true},
		{"it was put off", &slacktest.Fault{RetryAfter: time.Second}, false},
		{"it was refused", &slacktest.Fault{Error: "is_archived"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newEnv(t, slacktest.Config{})
			d := s.Ask(bottest.Ann)
			ctx := &bottest.Stopped{Context: t.Context()}
			s.Slack.Chaos(func(string) *slacktest.Fault {
				ctx.Over.Store(true)
				return tc.fault
			})
			_, err := s.publisher.Run(ctx, d)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			thread := s.View(d).Thread
			assert.Equal(t, thread.TS != "", tc.stands)
			assert.Equal(t, thread.Since.IsZero(), tc.stands)
			assert.Equal(t, len(s.Slack.Calls()), 1)
			s.Slack.Chaos(nil)
			s.Settle(d)
			s.WantThread("asked to remove", "recorded")
		})
	}
}
