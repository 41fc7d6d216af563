package publish

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/commands/batch"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

const (
	// updateEvery is how soon after a change of a batch's parent the next one may follow.
	updateEvery = 2 * time.Second
	// lookEvery is how often a batch is looked at once nothing in it has changed for a while.
	lookEvery = 10 * time.Second
)

// The messages of a batch besides its parent, by the names under which the ledger keeps them.
const (
	proposalMessage = "proposal" // to the one who asked, alone
	progressMessage = "progress" // in the place of the parent, in a thread that was there before
	reportMessage   = "report"   // how it ended, and what needs a person
	fileMessage     = "file"     // a table of all
	noFileMessage   = "no_file"  // in the place of the file
	lastUpdate      = "update"   // no message, but when the parent was last changed
)

// batchView is everything that is to show of one batch.
type batchView struct {
	blockkit.Batch
	thread   ledger.Thread
	messages map[string]ledger.Posting
}

// RunBatch projects one batch, as [Publisher.Run] does a delivery. It returns after how long it wants to be run again.
// While the batch is open it always wants that, so that the next run sees a decision that comes during this one.
func (s *Publisher) RunBatch(ctx context.Context, id string) (time.Duration, error) {
	view, err := s.batchView(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && view.State == ledger.Planning {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if view.Source == ledger.Operator {
		return s.afterOperators(ctx, view, s.tellBatchFollowers(ctx, view))
	}
	before, messages := view.thread, maps.Clone(view.messages)
	err = s.propose(ctx, view)
	if !view.ConfirmedAt.IsZero() {
		if shown := s.showBatch(ctx, view); shown != nil || err == nil {
			err = shown
		}
	}
	waiting, inLine := errors.AsType[*queue.WaitError](err)
	if _, putOff := errors.AsType[*slack.RateLimitedError](err); !inLine && !putOff {
		s.poster.scheduler.Forget(id)
	}
	if ended := slackapi.Ended(ctx); ended != nil {
		return 0, ended
	}
	if inLine {
		return askAgain(waiting.Wait), nil
	}
	again, err := s.afterShowing(ctx, view.thread, view.Source != ledger.WorkflowStep, err)
	if err != nil || again > 0 {
		return again, err
	}
	changed := view.thread.Posting != before.Posting || !maps.Equal(view.messages, messages)
	if changed {
		s.news([]ledger.Request{{Order: ledger.Order{Source: view.Source, TeamID: view.TeamID, UserID: view.UserID}}})
	}
	return s.afterBatch(ctx, view, changed)
}

// afterOperators plans the next look at a batch that an operator asked for outside Slack. Nothing of it is shown here.
// Only people who asked for one of its removals in Slack are told.
func (s *Publisher) afterOperators(ctx context.Context, view *batchView, err error) (time.Duration, error) {
	if ended := slackapi.Ended(ctx); ended != nil {
		return 0, ended
	}
	again, err := s.afterShowing(ctx, view.thread, false, err)
	switch {
	case err != nil || again > 0:
		return again, err
	case view.Open() && !view.ConfirmedAt.IsZero():
		return updateEvery, nil
	case view.Open() || view.Shown:
		return 0, nil
	}
	return 0, s.cfg.Batches.MarkBatchShown(ctx, view.ID)
}

// afterBatch plans the next look at a batch that is as it should be in Slack.
func (s *Publisher) afterBatch(ctx context.Context, view *batchView, changed bool) (time.Duration, error) {
	now := s.cfg.Now()
	switch {
	case view.State == ledger.Proposed, changed:
		return updateEvery, nil
	case view.Open():
		idle := now.Sub(view.messages[lastUpdate].Since)
		return min(max(idle/2, updateEvery), lookEvery), nil
	case view.Shown || now.Before(view.EndedAt.Add(batch.AddBackFor)): // the ledger has it shown once more then
		return 0, nil
	}
	return 0, s.cfg.Batches.MarkBatchShown(ctx, view.ID)
}

func (s *Publisher) batchView(ctx context.Context, id string) (*batchView, error) {
	view := &batchView{}
	var err error
	if view.Batch.Batch, err = s.cfg.Batches.Batch(ctx, id); err != nil {
		return nil, err
	}
	if view.thread, err = s.cfg.Batches.BatchThread(ctx, id); err != nil {
		return nil, err
	}
	if view.messages, err = s.cfg.Batches.BatchMessages(ctx, id); err != nil {
		return nil, err
	}
	view.Now = s.cfg.Now()
	if view.Progress, err = s.cfg.Batches.Progress(ctx, id); err != nil {
		return nil, err
	}
	if view.First, err = s.cfg.Batches.BatchItems(ctx, id, 0, 1); err != nil {
		return nil, err
	}
	if !view.Open() {
		_, err = s.cfg.Batches.BatchUndoneBy(ctx, id)
		view.Undone = err == nil
		if errors.Is(err, ledger.ErrNotFound) {
			err = nil
		}
	}
	return view, err
}

// saver stores what is known of a message of a batch.
func (s *Publisher) saver(view *batchView, name string, p *ledger.Posting) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := slackapi.Ended(ctx); err != nil { // another replica may know more
			return err
		}
		view.messages[name] = *p
		return s.cfg.Batches.SaveBatchMessage(ctx, view.ID, name, *p)
	}
}

// propose privately tells the person who asked what would be done, and later what came of that.
func (s *Publisher) propose(ctx context.Context, view *batchView) error {
	p := view.messages[proposalMessage]
	look := string(view.State)
	switch {
	case view.UserID == "" || view.Source == ledger.WorkflowStep: // nobody who could say yes
		return nil
	case p.Shown == look, !view.ConfirmedAt.IsZero() && (p.Shown == "" || p.Shown == string(ledger.Running)):
		return nil
	case !view.ConfirmedAt.IsZero():
		look = string(ledger.Running)
	}
	proposal, err := s.proposal(ctx, view)
	if err != nil {
		return err
	}
	want := outgoing{
		Message:  s.cfg.Teams.Renderer().Answer(proposal),
		delivery: view.ID, key: "proposal-" + view.ID, look: look, stays: true,
	}
	save := s.saver(view, proposalMessage, &p)
	if p.ChannelID == "" && p.Since.IsZero() {
		err := s.tellAlone(ctx, &view.thread, &p, aside{
			outgoing: want, to: view.ResponseURL, since: view.AcceptedAt, last: true, replace: p.Shown != "",
		}, save)
		if _, barred := errors.AsType[*slackapi.BarredError](err); !barred {
			return err
		}
		if p.Shown != "" { // that cannot be replaced any more
			p.Shown = look
			return save(ctx)
		}
	}
	return s.proposeDirectly(ctx, view, &p, want, save)
}

func (s *Publisher) proposal(ctx context.Context, view *batchView) (richtext.Answer, error) {
	if !view.ConfirmedAt.IsZero() { // what is left to say names no more than the first item
		return batch.Proposal(view.Batch.Batch, view.First, view.Progress, batch.Speed{}), nil
	}
	var items []ledger.BatchResult
	for item, err := range batch.Items(ctx, s.cfg.Batches, view.ID) {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	pace, err := s.cfg.Batches.Pace(ctx)
	if err != nil {
		return nil, err
	}
	return batch.Proposal(view.Batch.Batch, items, view.Progress, batch.Speed{Pace: pace, Concurrency: s.cfg.BulkConcurrency}), nil
}

func (s *Publisher) proposeDirectly(ctx context.Context, view *batchView, p *ledger.Posting, want outgoing, save func(context.Context) error) error {
	var err error
	if want.channel, err = s.direct(ctx, &ledger.Thread{Posting: *p}, view.UserID); err != nil {
		return err
	}
	err = s.poster.project(ctx, p, want, save)
	barred, ok := errors.AsType[*slackapi.BarredError](err)
	if !ok || barred.Token {
		return err
	}
	s.log.WithError(barred).WithField("batch", view.ID).Error("nobody can be told what a batch would do")
	p.Shown = want.look
	return save(ctx)
}
