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

// threadMessage is a message of a thread: how it should stand, what is known of it, and how that is stored.
type threadMessage struct {
	outgoing
	posting *ledger.Posting
	save    func(context.Context) error

	// after is a message that must stand before this one is changed, to point to it. Optional.
	after    *ledger.Posting
	pointing func() blockkit.Message
}

// point makes a message point to the one after which it comes, and reports whether that stands.
func (m *threadMessage) point() bool {
	if m.after == nil {
		return true
	}
	if m.after.TS == "" {
		return false
	}
	m.Message = m.pointing()
	return true
}

// inThread shows the parent in the channel and one reply a request in its thread. A reply that
// waits for its turn does not hold up the others. The parent holds up its replies.
func (s *Publisher) inThread(ctx context.Context, view *ledger.View) error {
	thread := &view.Thread
	if err := s.adopt(ctx, view); err != nil {
		return err
	}
	messages := s.messages(view)
	s.reserve(messages)
	var soonest *queue.WaitError
	for _, m := range messages {
		if !m.isParent {
			m.channel, m.threadTS = thread.ChannelID, thread.TS
		}
		if !m.point() {
			continue // it keeps its words as long
		}
		before := *m.posting
		err := s.poster.project(ctx, m.posting, m.outgoing, m.save)
		if now := *m.posting; now.TS != "" && (now.TS != before.TS || now.Shown != before.Shown) {
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

// messages are the messages of the delivery's thread: a parent that does not stand yet, the replies, and a parent
// that does. An adopted thread has its own.
func (s *Publisher) messages(view *ledger.View) []threadMessage {
	first, thread := view.Requests[0], &view.Thread
	r := s.cfg.Teams.Renderer()
	var messages []threadMessage
	for _, request := range view.Requests {
		messages = append(messages, s.replies(view, request)...)
	}
	if first.ThreadTS != "" {
		return messages
	}
	thread.Route = ledger.InThread
	parent := threadMessage{
		outgoing: outgoing{
			Message: r.Parent(s.cfg.Explainer, view.Requests), delivery: thread.Delivery,
			key: "parent-" + first.ID, channel: first.ChannelID, troubleSince: thread.TroubleSince, isParent: true,
		},
		posting: &thread.Posting,
		save:    func(ctx context.Context) error { return s.cfg.Views.SaveThread(ctx, *thread) },
	}
	if thread.TS == "" {
		return append([]threadMessage{parent}, messages...)
	}
	return append(messages, parent) // the outcome first: its edit may wait
}

// reserve takes a place in the queue for each message that is not as it should be, so that no message
// of others comes between those of a thread.
func (s *Publisher) reserve(messages []threadMessage) {
	var tickets []queue.Ticket
	for _, m := range messages {
		m.point()
		if m.posting.TS == "" || m.posting.Shown != blockkit.DigestOf(m.Message) {
			tickets = append(tickets, m.ticket(m.posting))
		}
	}
	if len(tickets) > 0 {
		s.poster.scheduler.Reserve(messages[0].channel, tickets...)
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
		if err := s.cfg.Views.SaveReply(ctx, ledger.Reply{RequestID: request.ID, Mentioned: view.Replies[request.ID].Mentioned}); err != nil {
			return err
		}
	}
	view.Thread.Posting = ledger.Posting{Doubts: view.Thread.Doubts + 1}
	if err := s.cfg.Views.SaveThread(ctx, view.Thread); err != nil {
		return err
	}
	return &slackapi.RetryLaterError{Err: gone}
}
