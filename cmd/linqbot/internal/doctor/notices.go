package doctor

import (
	"context"
	"time"

	"linqbot/bot"
	"linqbot/ledger"
)

// checkNotices looks for what Slack has lately told a linqbot that serves about the app.
func checkNotices(ctx context.Context, reader *ledger.Reader) []finding {
	var found []finding
	for _, notice := range []bot.Notice{bot.TokensRevoked, bot.AppRateLimited} {
		kept, err := reader.Setting(ctx, bot.NoticeSetting(notice))
		if err != nil {
			return skip("the ledger cannot be read")
		}
		at, err := time.Parse(time.RFC3339, kept)
		if err != nil || time.Since(at) > notice.Lasts() {
			continue
		}
		fix := "install the app again, and replace SLACK_BOT_TOKEN, unless that is done"
		if notice == bot.AppRateLimited {
			fix = "see which other app or channel makes so many events; Slack goes on by itself"
		}
		found = append(found, warn(fix, "%s (%s ago)", notice.Remark(), time.Since(at).Round(time.Second))...)
	}
	if len(found) == 0 {
		return ok("none of late")
	}
	return found
}
