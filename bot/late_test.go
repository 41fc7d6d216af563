package bot

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// stopped is the context of a process that was stopped and goes on: from some moment on its deadline
// has passed, and its timer has not fired.
type stopped struct {
	context.Context
	over atomic.Bool
}

func (c *stopped) Deadline() (time.Time, bool) {
	if c.over.Load() {
		return time.Now().Add(-time.Second), true
	}
	return time.Now().Add(time.Minute), true
}

func isOver(t *testing.T) *stopped {
	c := &stopped{Context: t.Context()}
	c.over.Store(true)
	return c
}

// Nothing is sent when the time for it is over, and that is known for certain.
func TestNoCallAfterItsTime(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	api, client := NewSlack(s.slack.Config().BotToken, s.slack.APIURL()), NewHTTPClient()
	url := s.slack.NewResponseURL(ops, ada, "")
	_, ts, err := api.PostMessageContext(t.Context(), ops, slack.MsgOptionText("before", false))
	assert.NilError(t, err)
	for name, call := range map[string]func(context.Context) error{
		"a post": func(ctx context.Context) error {
			_, _, err := api.PostMessageContext(ctx, ops, slack.MsgOptionText("too late", false))
			return err
		},
		"an update": func(ctx context.Context) error {
			_, _, _, err := api.UpdateMessageContext(ctx, ops, ts, slack.MsgOptionText("too late", false))
			return err
		},
		"an answer": func(ctx context.Context) error {
			return respond(ctx, client, url, &slack.WebhookMessage{Text: "too late"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(s.slack.Calls())
			err := call(isOver(t))
			assert.ErrorIs(t, err, errTooLate)
			for _, verdict := range []error{judge(err), judgeWebhook(err)} {
				_, later := errors.AsType[*laterError](verdict)
				assert.Assert(t, later, "%v", verdict)
				assert.Assert(t, !strings.Contains(verdict.Error(), "http"), "%v", verdict)
			}
			assert.Equal(t, len(s.slack.Calls()), before)
			assert.NilError(t, call(&stopped{Context: t.Context()}))
			assert.Equal(t, len(s.slack.Calls()), before+1)
		})
	}
}

func TestABodyThatIsNotSentIsClosed(t *testing.T) {
	t.Parallel()
	body := &closing{Reader: strings.NewReader("late")}
	r, err := http.NewRequestWithContext(isOver(t), http.MethodPost, "http://127.0.0.1:1/", body)
	assert.NilError(t, err)
	response, err := NewHTTPClient().Transport.RoundTrip(r)
	if response != nil {
		_ = response.Body.Close()
	}
	assert.ErrorIs(t, err, errTooLate)
	assert.Assert(t, body.closed)
}

type closing struct {
	*strings.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

// endsAfter is a ledger that stops the process once it has stored so many things.
type endsAfter struct {
	Views
	stop  *stopped
	saves int
}

func (v *endsAfter) count() {
	if v.saves--; v.saves == 0 {
		v.stop.over.Store(true)
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
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			ctx := &stopped{Context: t.Context()}
			ctx.over.Store(tc.saves == 0)
			logger, log := newLog()
			ours := s.newShow(logger)
			ours.cfg.Views = timely{&endsAfter{Views: s.ledger, stop: ctx, saves: tc.saves}}
			_, err := ours.Run(ctx, d)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, len(s.slack.Calls()), tc.calls)
			assert.Assert(t, s.view(d).Thread.TroubleSince.IsZero())
			assert.Assert(t, !strings.Contains(log.String(), "not told"), "that is no trouble")

			s.settle(d)
			s.news(d, ann, removed)
			s.settle(d)
			stands := s.view(d)
			calls := len(s.slack.Calls())
			_, err = ours.Run(ctx, d) // all over again, since it may run on from anywhere
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			after := s.view(d)
			assert.DeepEqual(t, after.Thread, stands.Thread)
			assert.DeepEqual(t, after.Replies, stands.Replies)
			assert.Equal(t, len(s.slack.Calls()), calls)
			s.wantThread("asked to remove", "has left")
		})
	}
}

// What was on its way when the process was stopped goes on with what it knew then.
func TestAStaleRunStoresNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, slacktest.Config{})
	d := s.ask(ann)
	stale := s.view(d)
	s.settle(d)
	stands := s.view(d)
	calls := len(s.slack.Calls())
	err := s.show.show(isOver(t), &stale)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.DeepEqual(t, s.view(d).Thread, stands.Thread)
	assert.Equal(t, len(s.slack.Calls()), calls)

	v := timely{s.ledger}
	late := isOver(t)
	assert.ErrorIs(t, v.SaveThread(late, ledger.Thread{Delivery: d}), context.DeadlineExceeded)
	assert.ErrorIs(t, v.SaveReply(late, ledger.Reply{RequestID: stale.Requests[0].ID}), context.DeadlineExceeded)
	assert.ErrorIs(t, v.MarkTold(late, ledger.Follower{Delivery: d}), context.DeadlineExceeded)
	assert.DeepEqual(t, s.view(d).Replies, stands.Replies)
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
			s := newStage(t, slacktest.Config{})
			d := s.ask(ann)
			ctx := &stopped{Context: t.Context()}
			s.slack.Chaos(func(string) *slacktest.Fault {
				ctx.over.Store(true)
				return tc.fault
			})
			_, err := s.show.Run(ctx, d)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			thread := s.view(d).Thread
			assert.Equal(t, thread.TS != "", tc.stands)
			assert.Equal(t, thread.Since.IsZero(), tc.stands)
			assert.Equal(t, len(s.slack.Calls()), 1)
			s.slack.Chaos(nil)
			s.settle(d)
			s.wantThread("asked to remove", "recorded")
		})
	}
}
