package publish

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"linqbot/bot/slackapi"
	"linqbot/commands/batch"
	"linqbot/ledger"
)

// rows returns the first rows of what needs a person, and how many there are.
func (s *Publisher) rows(ctx context.Context, view *batchView) (rows []batch.Row, all int, err error) {
	counts := batch.Count(view.Progress)
	if all = counts.Refused + counts.Unconfirmed; all == 0 || view.Open() {
		return nil, 0, nil
	}
	const most = 50 // more than fit
	var items []ledger.BatchResult
	for item, err := range batch.Items(ctx, s.cfg.Batches, view.ID) {
		if err != nil {
			return nil, 0, err
		}
		if batch.NeedsPerson(item) {
			items = append(items, item)
		}
		if len(items) == min(most, all) {
			break
		}
	}
	return batch.Summary(s.cfg.Explainer.Among(onePerPerson(items)), items), all, nil
}

// onePerPerson returns one request of each person, since nobody has to be told apart from themselves.
func onePerPerson(items []ledger.BatchResult) []ledger.Request {
	var requests []ledger.Request
	seen := make(map[string]bool)
	for _, item := range items {
		if person := item.Handle.Value(); !seen[person] {
			seen[person] = true
			requests = append(requests, item.Request)
		}
	}
	return requests
}

// report says below the parent how the batch ended, and mentions who asked: an edit of the parent notifies nobody.
// Where nobody is named and nothing needs a person, the parent is enough.
func (s *Publisher) report(ctx context.Context, view *batchView) error {
	p := view.messages[reportMessage]
	rows, all, err := s.rows(ctx, view)
	if err != nil {
		return err
	}
	if !isBegun(p) && all == 0 && view.UserID == "" {
		return nil
	}
	return s.poster.project(ctx, &p, outgoing{
		Message: s.cfg.Teams.Renderer().BatchReport(s.cfg.Explainer, view.Batch, rows, all), delivery: view.ID,
		key: "report-" + view.ID, channel: view.thread.ChannelID, threadTS: view.thread.TS, stays: true,
	}, s.saver(view, reportMessage, &p))
}

// refusedFile begins what is kept of a file that Slack does not take; its code follows.
const refusedFile = "refused: "

// file attaches a table of all to the thread of a batch, or says how to get it.
func (s *Publisher) file(ctx context.Context, view *batchView) error {
	p := view.messages[fileMessage]
	if p.TS == "" && p.Shown == "" {
		err := s.attach(ctx, view, &p)
		barred, ok := errors.AsType[*slackapi.BarredError](err)
		if !ok {
			return err
		}
		if barred.Token && !isOfFiles(barred.Code) {
			return &slackapi.RetryLaterError{Err: errors.New(barred.Error())} // somebody can mend that; the thread stays
		}
		s.log.WithError(barred).WithField("batch", view.ID).Warn("the table of a batch is not attached")
		p = ledger.Posting{Shown: refusedFile + barred.Code}
		if err := s.saver(view, fileMessage, &p)(ctx); err != nil {
			return err
		}
	}
	if p.TS != "" {
		return nil
	}
	instead := view.messages[noFileMessage]
	return s.poster.project(ctx, &instead, outgoing{
		Message:  s.cfg.Teams.Renderer().BatchWithoutFile(view.Batch.Batch, p.Shown[len(refusedFile):]),
		delivery: view.ID, key: "no-file-" + view.ID, channel: view.thread.ChannelID, threadTS: view.thread.TS, stays: true,
	}, s.saver(view, noFileMessage, &instead))
}

// isOfFiles reports whether Slack may have refused the token only for files.
func isOfFiles(code string) bool { return code == "missing_scope" || code == "not_allowed_token_type" }

// attach uploads the table of a batch and shares it in the thread, once. Before the last call nobody sees anything of
// it, so that all else may be done again.
func (s *Publisher) attach(ctx context.Context, view *batchView, p *ledger.Posting) error {
	thread, name := view.thread, "linqbot-"+view.ID+".csv"
	save := s.saver(view, fileMessage, p)
	if !p.Since.IsZero() {
		err := s.poster.settle(ctx, p, outgoing{delivery: view.ID, channel: thread.ChannelID, threadTS: thread.TS, file: name}, save)
		if err != nil || p.TS != "" {
			return err
		}
	}
	content, err := s.table(ctx, view)
	if err != nil {
		return err
	}
	to, err := s.cfg.Slack.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: name, FileSize: len(content)})
	if err != nil {
		return unseen(slackapi.JudgeCall(err))
	}
	if err := slackapi.Upload(ctx, s.cfg.HTTP, to.UploadURL, content); err != nil {
		return unseen(slackapi.JudgeCall(err))
	}
	p.Since = s.cfg.Now() // the intent
	if err := save(ctx); err != nil {
		return err
	}
	_, err = s.cfg.Slack.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
		Files:   []slack.FileSummary{{ID: to.FileID, Title: "Batch " + view.ShortID()}},
		Channel: thread.ChannelID, ThreadTimestamp: thread.TS,
	})
	err = slackapi.JudgeCall(err)
	if _, lost := errors.AsType[*slackapi.LostAnswerError](err); lost || err != nil && slackapi.Ended(ctx) != nil {
		return err // the intent stays, so that the next run looks whether the file is there
	}
	p.Since = time.Time{}
	if err == nil {
		p.ChannelID, p.TS, p.Shown = thread.ChannelID, to.FileID, name
	}
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	return errors.Join(err, save(saving))
}

// unseen turns a lost answer into an error that may be tried again, since nobody sees what the call did.
func unseen(err error) error {
	if lost, ok := errors.AsType[*slackapi.LostAnswerError](err); ok {
		return &slackapi.RetryLaterError{Err: lost}
	}
	return err
}

// table writes all items of a batch. It has whole handles only where nobody but invited members of this workspace reads
// it.
func (s *Publisher) table(ctx context.Context, view *batchView) (string, error) {
	e := s.cfg.Explainer
	e.FullHandles = e.FullHandles || view.thread.Route == ledger.ByDirect
	if !e.FullHandles {
		private, err := slackapi.IsPrivate(ctx, s.cfg.Slack, view.thread.ChannelID)
		later, again := errors.AsType[*slackapi.RetryLaterError](unseen(err))
		if again && later.Eventually == nil {
			return "", later
		}
		e.FullHandles = private
	}
	var content bytes.Buffer
	err := batch.CSV(&content, e, batch.Items(ctx, s.cfg.Batches, view.ID))
	return content.String(), err
}
