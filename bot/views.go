package bot

import (
	"context"

	"github.com/slack-go/slack"

	"linqbot/bot/slackapi"
)

// The lines of the log about forms that Slack did not take.
const (
	notOpened     = "the modal was not opened"
	notFilled     = "the modal was not filled"
	formNotOpened = "a form was not opened"
	formNotTurned = "a form was not changed"
	pauseNotAsked = "the form to pause removals was not opened"
)

// openView opens a form, and reports whether it is open. If not, it logs the line.
func (b *Bot) openView(ctx context.Context, trigger string, form slack.ModalViewRequest, line string) (*slack.ViewResponse, bool) {
	opened, err := b.cfg.Interactive.Slack.OpenViewContext(ctx, trigger, form)
	if err == nil && opened.ID == "" {
		err = slackapi.ErrNoView
	}
	if err != nil {
		b.log.WithError(slackapi.WithoutURL(err)).Warn(line)
		return nil, false
	}
	return opened, true
}

// What Slack says of a form that has changed since its hash, and of one that is not open any more.
const (
	changedSince = "hash_conflict"
	closed       = "not_found"
)

// updateView changes a form, and tries again while Slack has trouble. The hash keeps it from overwriting what came
// later. It reports false, and logs the line, if the person waits for the change in vain.
func (b *Bot) updateView(ctx context.Context, viewID, hash string, form slack.ModalViewRequest, line string) bool {
	lost, err := slackapi.Retry(ctx, func() error {
		_, err := b.cfg.Interactive.Slack.UpdateViewContext(ctx, form, "", hash, viewID)
		return err
	})
	code := slackapi.Code(err)
	if err == nil || lost && code == changedSince { // by what was lost
		return true
	}
	b.log.WithError(slackapi.WithoutURL(err)).Warn(line)
	return code == changedSince || code == closed
}
