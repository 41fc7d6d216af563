package doctor

import (
	"context"
	"time"

	"linqbot/bot"
)

// checkNotices looks for what Slack has lately told a linqbot that serves about the app.
func (e *checkup) checkNotices(ctx context.Context) []finding {
	if reason := e.wrong("DATABASE_URL"); reason != "" {
		return skip("%s", reason)
	}
	if there, _ := e.writable(); !there { // an error is told elsewhere
		return skip("there is no ledger yet, or it cannot be opened")
	}
	reader, err := e.reader()
	if err != nil {
		return skip("the ledger cannot be read")
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
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
