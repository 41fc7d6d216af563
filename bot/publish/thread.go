package publish

import (
	"context"
	"errors"
	"time"

	"linqbot/bot/blockkit"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/ledger"
)

// piece is a message of a thread: how it should stand, what is known of it, and how that is stored.
type piece struct {
	outgoing
	posting *ledger.Posting
	save    func(context.Context) error
}

// inThread shows the parent in the channel and one reply a request in its thread. A message that
// waits for its turn keeps none of the others from theirs, but the parent its replies.
func (s *Publisher) inThread(ctx context.Context, view *ledger.View) error {
	thread := &view.Thread
	if err := s.adopt(ctx, view); err != nil {
		return err
	}
	pieces := s.pieces(view)
	s.reserve(pieces)
	var soonest *queue.WaitError
	for _, piece := range pieces {
		if !piece.opens {
			piece.channel, piece.threadTS = thread.ChannelID, thread.TS
		}
		before := *piece.posting
		err := s.poster.project(ctx, piece.posting, piece.outgoing, piece.save)
		if now := *piece.posting; now.TS != "" && (now.TS != before.TS || now.Shown != before.Shown) {
			if err := s.overcome(ctx, thread); err != nil {
				return err
			}
		}
		if gone, ok := errors.AsType[*slackapi.GoneError](err); ok {
			return s.startOver(ctx, view, gone)
		}
		waiting, waits := errors.AsType[*queue.WaitError](err)
		if err != nil && !waits {
			return err
		}
		if waits && (soonest == nil || waiting.Wait < soonest.Wait) {
			soonest = waiting
		}
		if thread.TS == "" {
			break
		}
	}
	if soonest != nil {
		return soonest
	}
	return nil
}

// overcome ends the trouble of a thread when Slack has taken one of its messages. What the others meet
// is trouble of their own; otherwise a thread would wait the longer the more messages it has.
func (s *Publisher) overcome(ctx context.Context, thread *ledger.Thread) error {
	if thread.TroubleSince.IsZero() {
		return nil
	}
	thread.TroubleSince = time.Time{}
	return s.cfg.Views.SaveThread(ctx, *thread)
}

// adopt takes a thread that was there before for the delivery's.
func (s *Publisher) adopt(ctx context.Context, view *ledger.View) error {
	first, thread := view.Requests[0], &view.Thread
	if first.ThreadTS == "" || thread.Route == ledger.InThread {
		return nil
	}
	thread.Route, thread.ChannelID, thread.TS = ledger.InThread, first.ChannelID, first.ThreadTS
	return s.cfg.Views.SaveThread(ctx, *thread)
}

// pieces are the messages of the delivery's thread, the parent first. An adopted thread has its own.
func (s *Publisher) pieces(view *ledger.View) []piece {
	first, thread := view.Requests[0], &view.Thread
	r := s.cfg.Teams.Renderer()
	var pieces []piece
	if first.ThreadTS == "" {
		thread.Route = ledger.InThread
		pieces = append(pieces, piece{
			outgoing: outgoing{
				Message: r.Parent(s.cfg.Explainer, view.Requests), delivery: thread.Delivery,
				key: "parent-" + first.ID, channel: first.ChannelID, opens: true,
			},
			posting: &thread.Posting,
			save:    func(ctx context.Context) error { return s.cfg.Views.SaveThread(ctx, *thread) },
		})
	}
	for _, request := range view.Requests {
		reply := view.Replies[request.ID]
		pieces = append(pieces, piece{
			outgoing: outgoing{
				Message: r.Status(s.cfg.Explainer, request, s.cfg.Now()), delivery: thread.Delivery,
				key: "reply-" + request.ID, channel: first.ChannelID,
				faded: blockkit.DigestOf(r.Status(s.cfg.Explainer, offering(request)[0], inTime())),
			},
			posting: &reply.Posting,
			save:    func(ctx context.Context) error { return s.cfg.Views.SaveReply(ctx, reply) },
		})
	}
	return pieces
}

// reserve keeps the turns of all that is not as it should be, so that a thread is not torn apart by
// others that come meanwhile.
func (s *Publisher) reserve(pieces []piece) {
	var tickets []queue.Ticket
	for _, piece := range pieces {
		if piece.posting.TS == "" || piece.posting.Shown != blockkit.DigestOf(piece.Message) {
			tickets = append(tickets, piece.ticket(piece.posting))
		}
	}
	if len(tickets) > 0 {
		s.poster.scheduler.Reserve(pieces[0].channel, tickets...)
	}
}

// startOver forgets a parent that somebody deleted, so that the outcome gets a thread again; where
// that happens again and again, it goes another way. The parent is forgotten last: after a crash it
// is what leads here again.
func (s *Publisher) startOver(ctx context.Context, view *ledger.View, gone *slackapi.GoneError) error {
	if view.Thread.Doubts >= mostDoubts || view.Requests[0].ThreadTS != "" {
		return &slackapi.BarredError{Code: gone.Code}
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
	return &slackapi.RetryLaterError{Err: gone}
}
