package publish

import (
	"context"
	"errors"
	"time"

	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/ledger"
)

// showBatch shows a batch that was begun, by the same ways as a delivery.
func (s *Publisher) showBatch(ctx context.Context, view *batchView) error {
	err := s.goDown(ctx, routes{
		thread: &view.thread, promised: view.Source != ledger.WorkflowStep && view.UserID != "", nowhere: view.ChannelID == "",
		inThread:      func(ctx context.Context) error { return s.batchInThread(ctx, view) },
		byResponseURL: func(ctx context.Context) error { return s.batchByResponseURL(ctx, view) },
		byDirect:      func(ctx context.Context) error { return s.batchByDirect(ctx, view) },
	})
	if _, inLine := errors.AsType[*queue.WaitError](err); err == nil || inLine {
		if told := s.tellBatchFollowers(ctx, view); told != nil {
			return told
		}
	}
	return err
}

// batchInThread shows a batch in its channel: in a thread of its own, or in the one that was named.
func (s *Publisher) batchInThread(ctx context.Context, view *batchView) error {
	thread := &view.thread
	if view.ThreadTS != "" && thread.Route == "" {
		thread.Route, thread.ChannelID, thread.TS = ledger.InThread, view.ChannelID, view.ThreadTS
		if err := s.cfg.Views.SaveThread(ctx, *thread); err != nil {
			return err
		}
	}
	thread.Route = ledger.InThread
	return s.batchMessages(ctx, view, view.ChannelID)
}

// batchByDirect shows a batch in a direct message to the one who asked, which has a thread as well.
func (s *Publisher) batchByDirect(ctx context.Context, view *batchView) error {
	if view.Source == ledger.WorkflowStep || view.UserID == "" {
		return &slackapi.BarredError{Code: "nobody to write to"}
	}
	channel, err := s.direct(ctx, &view.thread, view.UserID)
	if err != nil {
		return err
	}
	return s.batchMessages(ctx, view, channel)
}

// batchMessages shows the parent of a batch and, once it has ended, what stands below it. A message that waits for its
// turn does not hold up the others. Only the replies wait for the parent.
func (s *Publisher) batchMessages(ctx context.Context, view *batchView, channel string) error {
	thread := &view.thread
	waits, err := putAside(s.progress(ctx, view, channel))
	if gone, ok := errors.AsType[*slackapi.GoneError](err); ok {
		return s.startBatchOver(ctx, view, gone)
	}
	if err != nil {
		return err
	}
	if thread.TS == "" || view.Open() {
		return orNil(waits)
	}
	for _, below := range []func(context.Context, *batchView) error{s.report, s.file} {
		inLine, err := putAside(below(ctx, view))
		if gone, ok := errors.AsType[*slackapi.GoneError](err); ok {
			return s.startBatchOver(ctx, view, gone)
		}
		if err != nil {
			return err
		}
		if inLine != nil && (waits == nil || inLine.Wait < waits.Wait) {
			waits = inLine
		}
	}
	return orNil(waits)
}

// putAside keeps the wait of a message for its turn apart from trouble.
func putAside(err error) (*queue.WaitError, error) {
	if waits, ok := errors.AsType[*queue.WaitError](err); ok {
		return waits, nil
	}
	return nil, err
}

func orNil(waits *queue.WaitError) error {
	if waits == nil {
		return nil
	}
	return waits
}

// progress shows how far a batch is: in its parent, or in a reply where it has none of its own.
func (s *Publisher) progress(ctx context.Context, view *batchView, channel string) error {
	r, e := s.cfg.Teams.Renderer(), s.cfg.Explainer
	inTime := view.Batch
	inTime.Now, inTime.Undone = view.EndedAt, false
	want := outgoing{
		Message: r.BatchParent(e, view.Batch), look: r.BatchLook(e, view.Batch), beforeExpiry: r.BatchLook(e, inTime),
		delivery: view.ID, key: "batch-" + string(view.thread.Route) + "-" + view.ID, channel: channel, isParent: true, news: !view.Open(),
		sending: func(ctx context.Context) error {
			at := ledger.Posting{Since: s.cfg.Now()}
			return s.saver(view, lastUpdate, &at)(ctx)
		},
	}
	posting, save := &view.thread.Posting, func(ctx context.Context) error { return s.cfg.Views.SaveThread(ctx, view.thread) }
	if view.ThreadTS != "" && view.thread.Route == ledger.InThread {
		p := view.messages[progressMessage]
		posting, save = &p, s.saver(view, progressMessage, &p)
		want.threadTS, want.isParent = view.ThreadTS, false
	}
	if posting.TS != "" && posting.Shown != want.look {
		if since := s.cfg.Now().Sub(view.messages[lastUpdate].Since); since < updateEvery {
			return &queue.WaitError{Wait: min(updateEvery-since, updateEvery)}
		}
	}
	err := s.poster.project(ctx, posting, want, save)
	if err == nil && !view.thread.TroubleSince.IsZero() {
		return s.overcome(ctx, &view.thread)
	}
	return err
}

// startBatchOver forgets a parent that somebody deleted, so that the batch gets a thread again; where that happens
// again and again, it goes another way. What stood below it is not said twice.
func (s *Publisher) startBatchOver(ctx context.Context, view *batchView, gone *slackapi.GoneError) error {
	if view.thread.Doubts >= mostDoubts || view.ThreadTS != "" && view.thread.Route == ledger.InThread {
		return &slackapi.BarredError{Code: gone.Code}
	}
	view.thread.Posting = ledger.Posting{Doubts: view.thread.Doubts + 1}
	if err := s.cfg.Views.SaveThread(ctx, view.thread); err != nil {
		return err
	}
	return &slackapi.RetryLaterError{Err: gone}
}

// batchByResponseURL tells the one who asked alone. A response_url has few uses, so the person is told of each new
// state of the batch, but of counts only at its end.
func (s *Publisher) batchByResponseURL(ctx context.Context, view *batchView) error {
	rows, all, err := s.rows(ctx, view)
	if err != nil {
		return err
	}
	thread := &view.thread
	inTime := view.Batch
	if !view.Open() {
		inTime.Now = view.EndedAt // nothing takes the button away again; a click says that its time is over
	}
	look := string(view.State)
	if !view.Open() {
		look += " " + view.EndedAt.UTC().Format(time.RFC3339)
	}
	return s.tellAlone(ctx, thread, &thread.Posting, aside{
		outgoing: outgoing{
			Message: s.cfg.Teams.Renderer().BatchWhole(s.cfg.Explainer, inTime, rows, all, thread.Trouble), delivery: view.ID, look: look,
		},
		to: view.ResponseURL, since: view.AcceptedAt, last: !view.Open(),
	}, func(ctx context.Context) error { return s.cfg.Views.SaveThread(ctx, *thread) })
}

// tellBatchFollowers leads those who asked for one of a batch's removals to its thread, once it stands. Where there is
// none, they are told the outcome when it is known.
func (s *Publisher) tellBatchFollowers(ctx context.Context, view *batchView) error {
	inThread := view.thread.Route == ledger.InThread
	if inThread && view.thread.TS == "" {
		return nil
	}
	followers, err := s.cfg.Batches.UntoldBatchFollowers(ctx, view.ID)
	if err != nil {
		return err
	}
	for _, follower := range followers {
		request, err := s.cfg.Batches.Request(ctx, follower.RequestID)
		if err != nil {
			return err
		}
		if !inThread && !request.State.Final() {
			continue
		}
		if err := s.tell(ctx, view.thread, request, follower); err != nil {
			return err
		}
	}
	return nil
}
