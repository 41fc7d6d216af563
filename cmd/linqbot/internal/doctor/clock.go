package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"linqbot/bot/slackapi"
)

const (
	// A signature whose time is five minutes off is refused. A clock that is a minute off is on its way there.
	clockBroken = time.Minute
	clockOff    = 5 * time.Second
)

// checkClock holds this machine's clock against those of Slack and Linq. It needs no secret: every
// answer has a date, refusals too.
func (e *checkup) checkClock(ctx context.Context) []finding {
	if reason := e.wrong("SLACK_API_URL", "LINQ_API_V3_BASE_URL"); reason != "" {
		return skip("%s", reason)
	}
	var slackOff, linqOff time.Duration
	var slackErr, linqErr error
	var both sync.WaitGroup
	both.Go(func() { slackOff, slackErr = clockAhead(ctx, e.settings.SlackURL, "api.test") })
	both.Go(func() { linqOff, linqErr = clockAhead(ctx, e.settings.LinqURL, "v3", "phone_numbers") })
	both.Wait()
	if slackErr != nil && linqErr != nil {
		return skip("neither Slack nor Linq answered")
	}
	worst := max(slackOff.Abs(), linqOff.Abs())
	found := strings.Join([]string{against("Slack's", slackOff, slackErr), against("Linq's", linqOff, linqErr)}, ", ")
	const fix = "let this machine set its clock over the network (NTP): Slack's and Linq's signatures are refused when it is five minutes off"
	switch {
	case worst > clockBroken:
		return fail(fix, "%s", found)
	case worst > clockOff:
		return warn(fix, "%s", found)
	default:
		return ok("%s", found)
	}
}

func against(whose string, ahead time.Duration, err error) string {
	const exact = 2 * time.Second // dates are in whole seconds
	switch {
	case err != nil:
		return "no date from " + strings.TrimSuffix(whose, "'s")
	case ahead.Abs() < exact:
		return "right by " + whose
	case ahead > 0:
		return fmt.Sprintf("%s ahead of %s", ahead.Round(time.Second), whose)
	default:
		return fmt.Sprintf("%s behind %s", -ahead.Round(time.Second), whose)
	}
}

// clockAhead returns by how much this machine's clock is ahead of a server's.
func clockAhead(ctx context.Context, base string, path ...string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	address, err := url.JoinPath(base, path...)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	sent := time.Now()
	response, err := slackapi.NewHTTPClient().Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return 0, err
	}
	const half = 500 * time.Millisecond // of the second that a date stands for
	answered := sent.Add(time.Since(sent) / 2)
	return answered.Sub(date.Add(half)), nil
}
