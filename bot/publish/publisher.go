package publish

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/slack-go/slack"

	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/bot/workspace"
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

// Views is what [Publisher] needs of the ledger.
type Views interface {
	View(ctx context.Context, delivery string) (ledger.View, error)
	SaveThread(ctx context.Context, t ledger.Thread) error
	SaveReply(ctx context.Context, r ledger.Reply) error
	UntoldFollowers(ctx context.Context, delivery string) ([]ledger.Follower, error)
	MarkTold(ctx context.Context, f ledger.Follower) error
}

// Batches is what [Publisher.RunBatch] needs of the ledger besides.
type Batches interface {
	Batch(ctx context.Context, id string) (ledger.Batch, error)
	BatchUndoneBy(ctx context.Context, id string) (ledger.Batch, error)
	Progress(ctx context.Context, batchID string) (ledger.Progress, error)
	BatchItems(ctx context.Context, batchID string, after, limit int) ([]ledger.BatchResult, error)
	BatchThread(ctx context.Context, batchID string) (ledger.Thread, error)
	BatchMessages(ctx context.Context, batchID string) (map[string]ledger.Posting, error)
	SaveBatchMessage(ctx context.Context, batchID, name string, p ledger.Posting) error
	MarkBatchShown(ctx context.Context, batchID string) error
	UntoldBatchFollowers(ctx context.Context, batchID string) ([]ledger.Follower, error)
	Request(ctx context.Context, id string) (ledger.Request, error)
	Pace(ctx context.Context) (ledger.Pace, error)
}

// Homes show requests besides their threads.
type Homes interface {
	News(requests []ledger.Request)
}

// Config is what [Publisher] needs.
type Config struct {
	Views     Views
	Batches   Batches // Optional; [Publisher.RunBatch] needs it.
	Slack     *slack.Client
	HTTP      *http.Client // for response URLs
	Teams     *workspace.Teams
	Explainer outcome.Explainer
	Logger    *logrus.Logger

	Scheduler *queue.Scheduler // outlives a Publisher that is replaced; by default one of its own
	Home      Homes            // shows the news too. Optional.
	Now       func() time.Time // default time.Now

	BulkConcurrency int // how many requests of batches run side by side; tells how long a batch takes

	Undelivered func() // told when nobody can be told of an outcome. Optional.
}

// Publisher makes Slack look like the ledger. Each delivery has a parent message with one reply for each request,
// and a second reply if an outcome has to mention who asked. Where the bot may not post, the outcome goes another
// way. It is the only code that posts outcomes, and may be run at any time, any number of times.
type Publisher struct {
	cfg    Config
	poster poster
	log    *logrus.Entry
}

// New returns the projection.
func New(cfg Config) *Publisher {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Scheduler == nil {
		cfg.Scheduler = queue.New(queue.Config{Now: cfg.Now})
	}
	cfg.Views = timely{cfg.Views}
	log := cfg.Logger.WithField("part", "show")
	return &Publisher{
		cfg:    cfg,
		poster: poster{slack: cfg.Slack, scheduler: cfg.Scheduler, own: cfg.Teams.Own, now: cfg.Now, log: log},
		log:    log,
	}
}

// Run projects one delivery. It returns after how long it wants to be run again.
func (s *Publisher) Run(ctx context.Context, delivery string) (time.Duration, error) {
	view, err := s.cfg.Views.View(ctx, delivery)
	if errors.Is(err, ledger.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	s.news(view.Requests) // before a channel that may keep them waiting
	err = s.show(ctx, &view)
	waiting, inLine := errors.AsType[*queue.WaitError](err)
	if _, putOff := errors.AsType[*slack.RateLimitedError](err); !inLine && !putOff {
		s.poster.scheduler.Forget(delivery)
	}
	if err == nil || inLine {
		err = s.tellFollowers(ctx, view)
	}
	s.news(view.Requests) // the thread is news too
	if ended := slackapi.Ended(ctx); ended != nil {
		return 0, ended
	}
	if inLine && err == nil {
		return askAgain(waiting.Wait), nil // no trouble begins or ends with that
	}
	return s.afterShowing(ctx, view.Thread, isPromised(view), err)
}

// askAgain returns when a message whose turn is known has to ask again. A job that is due in more than five seconds may
// run five seconds late, since River looks for those only every five seconds. So it returns that much less.
func askAgain(turn time.Duration) time.Duration {
	const riverLooks, least = 5 * time.Second, time.Second
	if turn > riverLooks {
		turn = max(turn-riverLooks, least)
	}
	return min(turn, queue.AskAgain)
}

func (s *Publisher) news(requests []ledger.Request) {
	if s.cfg.Home != nil {
		s.cfg.Home.News(requests)
	}
}

// afterShowing plans the next run after trouble, and forgets trouble that has passed.
func (s *Publisher) afterShowing(ctx context.Context, t ledger.Thread, promised bool, err error) (time.Duration, error) {
	if err == nil {
		if t.TroubleSince.IsZero() {
			return 0, nil
		}
		t.TroubleSince = time.Time{}
		return 0, s.cfg.Views.SaveThread(ctx, t)
	}
	later, again := errors.AsType[*slackapi.RetryLaterError](err)
	_, lost := errors.AsType[*slackapi.LostAnswerError](err)
	if !again && !lost {
		return 0, err
	}
	now := s.cfg.Now()
	log := s.log.WithError(err).WithField("delivery", t.Delivery)
	if t.TroubleSince.IsZero() {
		log.Warn("Slack was not told yet; trying again")
	}
	t.TroubleSince = s.sinceTrouble(ctx, t.TroubleSince, err)
	if now.Sub(t.TroubleSince) > slackapi.GiveUpAfter {
		log.Error("Slack could not be told for three days; giving up")
		t.Route = ledger.Undelivered
		return 0, s.undelivered(promised, s.cfg.Views.SaveThread(ctx, t))
	}
	wait := min(max(now.Sub(t.TroubleSince)/4, slackapi.FirstRetry), slackapi.LongestRetry)
	if again && later.Wait > 0 {
		wait = later.Wait
	}
	return wait, s.cfg.Views.SaveThread(ctx, t)
}

// show makes Slack look like the view.
func (s *Publisher) show(ctx context.Context, view *ledger.View) error {
	return s.goDown(ctx, routes{
		thread: &view.Thread, promised: isPromised(*view), nowhere: view.Requests[0].ChannelID == "",
		inThread:      func(ctx context.Context) error { return s.inThread(ctx, view) },
		byResponseURL: func(ctx context.Context) error { return s.byResponseURL(ctx, view) },
		byDirect:      func(ctx context.Context) error { return s.byDirect(ctx, view) },
	})
}

// routes are the ways by which something can be shown, in the order in which they are tried.
type routes struct {
	thread   *ledger.Thread
	promised bool // nobody has the outcome unless it is shown
	nowhere  bool // nobody named a channel

	inThread, byResponseURL, byDirect func(context.Context) error
}

// goDown goes down the routes until one takes the message. A route that was left is not tried again,
// so that one delivery does not end up in two places.
func (s *Publisher) goDown(ctx context.Context, r routes) error {
	thread := r.thread
	if thread.Route == "" && r.nowhere {
		thread.Route = ledger.ByDirect
		if !r.promised {
			thread.Route = ledger.Nowhere // the workflow gets the outcome as the step's outputs
		}
		if err := s.cfg.Views.SaveThread(ctx, *thread); err != nil {
			return err
		}
	}
	if thread.Route == "" || thread.Route == ledger.InThread {
		barred, err := s.barred(thread, r.inThread(ctx))
		if barred == nil {
			return err
		}
		if err := s.leave(ctx, thread, ledger.ByResponseURL, barred); err != nil {
			return err
		}
	}
	if thread.Route == ledger.ByResponseURL {
		barred, err := s.barred(thread, r.byResponseURL(ctx))
		if barred == nil {
			return err
		}
		if err := s.leave(ctx, thread, ledger.ByDirect, barred); err != nil {
			return err
		}
	}
	if thread.Route == ledger.ByDirect {
		barred, err := s.barred(thread, r.byDirect(ctx))
		if barred == nil {
			return err
		}
		if barred.Token {
			return &slackapi.RetryLaterError{Err: barred}
		}
		log := s.log.WithError(barred).WithField("delivery", thread.Delivery)
		level := logrus.ErrorLevel
		if !r.promised {
			level = logrus.InfoLevel
		}
		log.Log(level, "nobody can be told of an outcome")
		return s.undelivered(r.promised, s.leave(ctx, thread, ledger.Undelivered, barred))
	}
	return nil
}

// isPromised reports whether people have the outcome only if it is shown. A workflow also has it as the outputs of its
// step.
func isPromised(view ledger.View) bool { return view.Requests[0].Source != ledger.WorkflowStep }

// undelivered says that an outcome was given up. It does so once that is stored, since until then the outcome is tried
// again.
func (s *Publisher) undelivered(promised bool, saved error) error {
	if saved == nil && s.cfg.Undelivered != nil && promised {
		s.cfg.Undelivered()
	}
	return saved
}

// barred returns why a route is closed; nil if it is not.
func (s *Publisher) barred(thread *ledger.Thread, err error) (*slackapi.BarredError, error) {
	later, ok := errors.AsType[*slackapi.RetryLaterError](err)
	if ok && later.Eventually != nil && !thread.TroubleSince.IsZero() && s.cfg.Now().Sub(thread.TroubleSince) > slackapi.UnknownPasses {
		return later.Eventually, err
	}
	barred, _ := errors.AsType[*slackapi.BarredError](err)
	return barred, err
}

// leave goes over to the next route. It keeps the reason why there is no thread, since people can mend that. It does
// not keep that a response_url is spent, since nobody can.
func (s *Publisher) leave(ctx context.Context, thread *ledger.Thread, next ledger.Route, why *slackapi.BarredError) error {
	s.log.WithFields(logrus.Fields{"delivery": thread.Delivery, "from": thread.Route, "to": next, "why": why.Code}).
		Info("the route to the person changes")
	s.poster.scheduler.Forget(thread.Delivery)
	thread.Route = next
	thread.Posting = ledger.Posting{}
	if next != ledger.ByDirect {
		thread.Trouble = why.Code
	}
	return s.cfg.Views.SaveThread(ctx, *thread)
}
