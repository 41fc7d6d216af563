package bot

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/slack-go/slack"

	"linqbot/commands"
	"linqbot/ledger"
)

// Views is what [Show] needs of the ledger.
type Views interface {
	View(ctx context.Context, delivery string) (ledger.View, error)
	SaveThread(ctx context.Context, t ledger.Thread) error
	SaveReply(ctx context.Context, r ledger.Reply) error
	UntoldFollowers(ctx context.Context, delivery string) ([]ledger.Follower, error)
	MarkTold(ctx context.Context, f ledger.Follower) error
}

// ShowConfig is what [Show] needs.
type ShowConfig struct {
	Views     Views
	Slack     *slack.Client
	HTTP      *http.Client // for response URLs
	Teams     *Teams
	Explainer commands.Explainer
	Logger    *logrus.Logger
	Now       func() time.Time // nil: time.Now
}

// Show makes Slack look like the ledger: for each delivery a parent message with one reply a
// request, or the way round it where the bot may not post. It is the only code that posts outcomes,
// and may be run at any time, any number of times.
type Show struct {
	cfg    ShowConfig
	poster poster
	log    *logrus.Entry
}

// NewShow returns the projection.
func NewShow(cfg ShowConfig) *Show {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Show{cfg: cfg, poster: poster{slack: cfg.Slack, now: cfg.Now}, log: cfg.Logger.WithField("part", "show")}
}

// Slack trouble is met with patience: a look each second at first, each minute in the end.
const (
	soonest    = time.Second
	latest     = time.Minute
	giveUpShow = 72 * time.Hour
)

// Run projects one delivery. It returns after how long it wants to be run again.
func (s *Show) Run(ctx context.Context, delivery string) (time.Duration, error) {
	view, err := s.cfg.Views.View(ctx, delivery)
	if errors.Is(err, ledger.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	err = s.show(ctx, &view)
	if err == nil {
		err = s.tellFollowers(ctx, view)
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return s.afterShowing(ctx, view.Thread, err)
}

// afterShowing plans the next run after trouble, and forgets trouble that has passed.
func (s *Show) afterShowing(ctx context.Context, t ledger.Thread, err error) (time.Duration, error) {
	if err == nil {
		if t.TroubleSince.IsZero() {
			return 0, nil
		}
		t.TroubleSince = time.Time{}
		return 0, s.cfg.Views.SaveThread(ctx, t)
	}
	later, again := errors.AsType[*laterError](err)
	_, lost := errors.AsType[*lostError](err)
	if !again && !lost {
		return 0, err
	}
	now := s.cfg.Now()
	log := s.log.WithError(err).WithField("delivery", t.Delivery)
	if t.TroubleSince.IsZero() {
		t.TroubleSince = now
		log.Warn("Slack was not told yet; trying again")
	}
	if now.Sub(t.TroubleSince) > giveUpShow {
		log.Error("Slack could not be told for three days; giving up")
		t.Route = ledger.Undelivered
		return 0, s.cfg.Views.SaveThread(ctx, t)
	}
	wait := min(max(now.Sub(t.TroubleSince)/2, soonest), latest)
	if again && later.wait > 0 {
		wait = later.wait
	}
	return wait, s.cfg.Views.SaveThread(ctx, t)
}

// show goes down the routes until one takes the message. A route that was left is not tried again,
// so that one delivery does not end up in two places.
func (s *Show) show(ctx context.Context, view *ledger.View) error {
	if first := view.Requests[0]; view.Thread.Route == "" && first.ChannelID == "" {
		view.Thread.Route = ledger.ByDirect
		if first.Source == ledger.WorkflowStep {
			view.Thread.Route = ledger.Nowhere // the workflow gets the outcome as the step's outputs
		}
		if err := s.cfg.Views.SaveThread(ctx, view.Thread); err != nil {
			return err
		}
	}
	if view.Thread.Route == "" || view.Thread.Route == ledger.InThread {
		barred, err := s.barred(s.inThread(ctx, view))
		if barred == nil {
			return err
		}
		if err := s.leave(ctx, view, ledger.ByResponseURL, barred); err != nil {
			return err
		}
	}
	if view.Thread.Route == ledger.ByResponseURL {
		barred, err := s.barred(s.byResponseURL(ctx, view))
		if barred == nil {
			return err
		}
		if err := s.leave(ctx, view, ledger.ByDirect, barred); err != nil {
			return err
		}
	}
	if view.Thread.Route == ledger.ByDirect {
		barred, err := s.barred(s.byDirect(ctx, view))
		if barred == nil {
			return err
		}
		if barred.token {
			return &laterError{err: barred}
		}
		level := logrus.ErrorLevel
		if view.Requests[0].Source == ledger.WorkflowStep {
			level = logrus.InfoLevel // the workflow has the outcome
		}
		s.log.WithError(barred).WithField("delivery", view.Thread.Delivery).Log(level, "nobody can be told of an outcome")
		return s.leave(ctx, view, ledger.Undelivered, barred)
	}
	return nil
}

func (s *Show) barred(err error) (*barredError, error) {
	barred, _ := errors.AsType[*barredError](err)
	return barred, err
}

// leave goes over to the next route. Of what is kept as the trouble, people can mend why there is no
// thread, and not that a response_url is spent.
func (s *Show) leave(ctx context.Context, view *ledger.View, next ledger.Route, why *barredError) error {
	s.log.WithFields(logrus.Fields{"delivery": view.Thread.Delivery, "from": view.Thread.Route, "to": next, "why": why.code}).
		Info("the route to the person changes")
	view.Thread.Route = next
	view.Thread.Posting = ledger.Posting{}
	if next != ledger.ByDirect {
		view.Thread.Trouble = why.code
	}
	return s.cfg.Views.SaveThread(ctx, view.Thread)
}

// inThread shows the parent in the channel and one reply a request in its thread.
func (s *Show) inThread(ctx context.Context, view *ledger.View) error {
	thread := &view.Thread
	r := s.cfg.Teams.renderer()
	if err := s.parent(ctx, view); err != nil {
		return err
	}
	for _, request := range view.Requests {
		reply := view.Replies[request.ID]
		err := s.poster.project(ctx, &reply.Posting, outgoing{
			message: r.status(s.cfg.Explainer, request, s.cfg.Now()), key: "reply-" + request.ID,
			channel: thread.ChannelID, threadTS: thread.TS,
			faded: digestOf(r.status(s.cfg.Explainer, offering(request)[0], inTime())),
		}, func(ctx context.Context) error { return s.cfg.Views.SaveReply(ctx, reply) })
		if gone, ok := errors.AsType[*goneError](err); ok {
			return s.startOver(ctx, view, gone)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parent shows the message that opens the thread. A thread that was there before needs none.
func (s *Show) parent(ctx context.Context, view *ledger.View) error {
	first, thread := view.Requests[0], &view.Thread
	if first.ThreadTS != "" {
		if thread.Route == ledger.InThread {
			return nil
		}
		thread.Route, thread.ChannelID, thread.TS = ledger.InThread, first.ChannelID, first.ThreadTS
		return s.cfg.Views.SaveThread(ctx, *thread)
	}
	thread.Route = ledger.InThread
	err := s.poster.project(ctx, &thread.Posting, outgoing{
		message: s.cfg.Teams.renderer().parent(s.cfg.Explainer, view.Requests),
		key:     "parent-" + first.ID, channel: first.ChannelID, opens: true,
	}, func(ctx context.Context) error { return s.cfg.Views.SaveThread(ctx, *thread) })
	if gone, ok := errors.AsType[*goneError](err); ok {
		return s.startOver(ctx, view, gone)
	}
	return err
}

// startOver forgets a parent that somebody deleted, so that the outcome gets a thread again; where
// that happens again and again, it goes another way. The parent is forgotten last: after a crash it
// is what leads here again.
func (s *Show) startOver(ctx context.Context, view *ledger.View, gone *goneError) error {
	if view.Thread.Doubts >= mostDoubts || view.Requests[0].ThreadTS != "" {
		return &barredError{code: gone.code}
	}
	for _, request := range view.Requests {
		if err := s.cfg.Views.SaveReply(ctx, ledger.Reply{RequestID: request.ID}); err != nil {
			return err
		}
	}
	view.Thread.Posting = ledger.Posting{Doubts: view.Thread.Doubts + 1}
	if err := s.cfg.Views.SaveThread(ctx, view.Thread); err != nil {
		return err
	}
	return &laterError{err: gone}
}
