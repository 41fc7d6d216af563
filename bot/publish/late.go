package publish

import (
	"context"

	"linqbot/bot/slackapi"
	"linqbot/ledger"
)

// timely stores nothing for a run whose time is over, because another replica may know more.
type timely struct{ Views }

func (v timely) SaveThread(ctx context.Context, t ledger.Thread) error {
	if err := slackapi.Ended(ctx); err != nil {
		return err
	}
	return v.Views.SaveThread(ctx, t)
}

func (v timely) SaveReply(ctx context.Context, r ledger.Reply) error {
	if err := slackapi.Ended(ctx); err != nil {
		return err
	}
	return v.Views.SaveReply(ctx, r)
}

func (v timely) MarkTold(ctx context.Context, f ledger.Follower) error {
	if err := slackapi.Ended(ctx); err != nil {
		return err
	}
	return v.Views.MarkTold(ctx, f)
}
