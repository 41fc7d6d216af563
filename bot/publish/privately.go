package publish

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/slackapi"
	"linqbot/ledger"
)

// inTime is a moment at which everything that is offered for a while is still offered.
func inTime() time.Time { return time.Time{} }

// offering returns the requests as they were before anybody took one back.
func offering(requests ...ledger.Request) []ledger.Request {
	before := slices.Clone(requests)
	for i := range before {
		before[i].Undone = false
	}
	return before
}

// wholeOffering renders all of a delivery with everything that was ever on offer.
func (s *Publisher) wholeOffering(view ledger.View) blockkit.Message {
	view.Requests = offering(view.Requests...)
	return s.cfg.Teams.Renderer().Whole(s.cfg.Explainer, view, inTime())
}

// byDirect shows everything in one direct message to the person who asked.
func (s *Publisher) byDirect(ctx context.Context, view *ledger.View) error {
	thread := &view.Thread
	first := view.Requests[0]
	if first.Source == ledger.WorkflowStep || first.UserID == "" {
		return &slackapi.BarredError{Code: "nobody to write to"} // a workflow's user is a claim, not somebody who asked
	}
	channel, err := s.direct(ctx, thread, first.UserID)
	if err != nil {
		return err
	}
	err = s.poster.project(ctx, &thread.Posting, outgoing{
		Message:  s.cfg.Teams.Renderer().Whole(s.cfg.Explainer, *view, s.cfg.Now()),
		delivery: thread.Delivery, key: "direct-" + first.ID, channel: channel, troubleSince: thread.TroubleSince,
		beforeExpiry: blockkit.DigestOf(s.wholeOffering(*view)),
	}, func(ctx context.Context) error { return s.cfg.Views.SaveThread(ctx, *thread) })
	if gone, ok := errors.AsType[*slackapi.GoneError](err); ok {
		return &slackapi.BarredError{Code: gone.Code}
	}
	return err
}

// direct opens the direct message with a person, so that a post in it can be looked for. Without the
// scope for that, Slack takes the person's id for the channel.
func (s *Publisher) direct(ctx context.Context, thread *ledger.Thread, user string) (string, error) {
	if thread.ChannelID != "" {
		return thread.ChannelID, nil
	}
	opened, _, _, err := s.cfg.Slack.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err == nil && opened != nil && opened.ID != "" {
		return opened.ID, nil
	}
	trouble := cannotRead(slackapi.JudgeCall(err), thread.TroubleSince, thread.TroubleSince, s.cfg.Now())
	if _, barred := errors.AsType[*slackapi.BarredError](trouble); barred || err == nil {
		return user, nil
	}
	if later, ok := errors.AsType[*slackapi.RetryLaterError](trouble); ok {
		return "", later
	}
	return "", &slackapi.RetryLaterError{Err: trouble} // opening it twice does no harm
}

func allFinal(requests []ledger.Request) bool {
	for _, r := range requests {
		if !r.State.Final() {
			return false
		}
	}
	return true
}

var errSpent = errors.New("bot: the response_url is spent")

// mostResponses and responseTime are how often and how long Slack takes answers at a response_url,
// with a minute to spare. Source: https://docs.slack.dev/interactivity/handling-user-interaction
const (
	mostResponses = 5
	responseTime  = 29 * time.Minute
)

// byResponseURL tells the person alone. The last use is kept for the outcome. Nothing can take a
// button away again here, so it stays, and says on a click that its time is over.
func (s *Publisher) byResponseURL(ctx context.Context, view *ledger.View) error {
	first, thread := view.Requests[0], &view.Thread
	return s.tellAlone(ctx, thread, &thread.Posting, aside{
		outgoing: outgoing{Message: s.wholeOffering(*view)}, to: first.ResponseURL, since: first.AcceptedAt, last: allFinal(view.Requests),
	}, func(ctx context.Context) error { return s.cfg.Views.SaveThread(ctx, *thread) })
}

// aside is what one person is told at a response_url.
type aside struct {
	outgoing
	to      ledger.Secret
	since   time.Time // when Slack gave the URL
	last    bool      // it may take the last use
	replace bool      // it takes the place of what was told before
}

// tellAlone makes what the posting p knows of look like want. The thread counts the uses of the URL.
func (s *Publisher) tellAlone(ctx context.Context, thread *ledger.Thread, p *ledger.Posting, want aside, save func(context.Context) error) error {
	digest, err := want.digest()
	if err != nil || digest == p.Shown {
		return err
	}
	spent := want.to.Value() == "" || thread.ResponseUses >= mostResponses || s.cfg.Now().Sub(want.since) > responseTime
	if spent {
		return &slackapi.BarredError{Code: errSpent.Error()}
	}
	if thread.ResponseUses == mostResponses-1 && !want.last {
		return nil
	}
	thread.ResponseUses++ // before the use: a use whose answer is lost counts as well
	if err := s.cfg.Views.SaveThread(ctx, *thread); err != nil {
		return err
	}
	err = slackapi.JudgeResponse(s.answer(ctx, want))
	if _, malformed := errors.AsType[*slackapi.MalformedError](err); malformed {
		s.log.WithError(err).WithField("delivery", thread.Delivery).Error(plainInstead)
		want.Blocks = nil
		err = slackapi.JudgeResponse(s.answer(ctx, want))
		if still, ok := errors.AsType[*slackapi.MalformedError](err); ok {
			err = &slackapi.BarredError{Code: still.Code}
		}
	}
	if later, ok := errors.AsType[*slackapi.RetryLaterError](err); ok {
		thread.ResponseUses-- // certainly not used; stored with the wait
		return later
	}
	if lost, ok := errors.AsType[*slackapi.LostAnswerError](err); ok {
		return &slackapi.RetryLaterError{Err: lost}
	}
	if err != nil {
		return err
	}
	p.Shown = digest
	return save(ctx)
}

func (s *Publisher) respond(ctx context.Context, to ledger.Secret, m blockkit.Message) error {
	return s.answer(ctx, aside{outgoing: outgoing{Message: m}, to: to})
}

func (s *Publisher) answer(ctx context.Context, said aside) error {
	m := said.Message
	answer := &slack.WebhookMessage{Text: m.Text, ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: said.replace}
	if len(m.Blocks) > 0 {
		answer.Blocks = &slack.Blocks{BlockSet: m.Blocks}
	}
	return slackapi.Respond(ctx, s.cfg.HTTP, said.to.Value(), answer)
}
