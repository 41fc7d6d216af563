package publish

import (
	"context"
	"errors"
	"slices"

	"linqbot/bot/slackapi"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// tellFollowers leads those who asked for the same removal to its thread, once it stands. Where
// there is no thread, they are told the outcome when it is known.
func (s *Publisher) tellFollowers(ctx context.Context, view ledger.View) error {
	inThread := view.Thread.Route == ledger.InThread
	if inThread && view.Thread.TS == "" || !inThread && !allFinal(view.Requests) {
		return nil
	}
	followers, err := s.cfg.Views.UntoldFollowers(ctx, view.Thread.Delivery)
	if err != nil {
		return err
	}
	for _, follower := range followers {
		i := slices.IndexFunc(view.Requests, func(r ledger.Request) bool { return r.ID == follower.RequestID })
		if i < 0 {
			continue
		}
		if err := s.tell(ctx, view.Thread, view.Requests[i], follower); err != nil {
			return err
		}
	}
	return nil
}

func (s *Publisher) tell(ctx context.Context, thread ledger.Thread, request ledger.Request, f ledger.Follower) error {
	if f.ResponseURL.Value() != "" && s.cfg.Now().Sub(f.At) < responseTime {
		err := slackapi.JudgeResponse(s.respond(ctx, f.ResponseURL, s.cfg.Teams.Renderer().Answer(s.forFollower(thread, request))))
		if _, again := errors.AsType[*slackapi.RetryLaterError](err); again {
			return err
		}
		// Lost or refused: the ack has told them who asked, and repeating may tell them twice.
		if err != nil {
			s.log.WithError(err).WithField("delivery", f.Delivery).Info("a follower was not told where the thread is")
		}
	}
	return s.cfg.Views.MarkTold(ctx, f)
}

func (s *Publisher) forFollower(thread ledger.Thread, request ledger.Request) richtext.Answer {
	if thread.Route != ledger.InThread {
		return richtext.Answer{s.cfg.Explainer.Explain(request).Text()}
	}
	what := "The removal of"
	if request.Kind == ledger.Add {
		what = "Adding"
	}
	if request.Undoes != "" {
		what = "Adding back"
	}
	return richtext.Answer{richtext.Say("%s %s that you asked for as well is shown in %s.",
		what, s.cfg.Explainer.Who(request), richtext.Message(thread.ChannelID, thread.TS, "this thread"))}
}
