package slackmarkup

import (
	"strconv"
	"strings"
	"time"
)

// date reads <!date^…>: seconds, a format with tokens, and perhaps a link (messaging/formatting-message-text#date-formatting).
func (r Reader) date(inside, fallback string) Run {
	seconds, format, _ := strings.Cut(inside, "^")
	format, _, _ = strings.Cut(format, "^")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || format == "" {
		return Run{Text: fallback}
	}
	at := time.Unix(unix, 0).In(r.Now.Location())
	shown := strings.NewReplacer(
		"{date_num}", at.Format("2006-01-02"),
		"{date}", at.Format("January 2, 2006"),
		"{date_short}", at.Format("Jan 2, 2006"),
		"{date_long}", at.Format("Monday, January 2, 2006"),
		"{date_pretty}", r.pretty(at, "January 2, 2006"),
		"{date_short_pretty}", r.pretty(at, "Jan 2, 2006"),
		"{date_long_pretty}", r.pretty(at, "Monday, January 2, 2006"),
		"{time}", at.Format("3:04 PM"),
		"{time_secs}", at.Format("3:04:05 PM"),
	).Replace(format)
	if strings.HasPrefix(format, "{") { // there Slack writes Today, whatever stands before the date
		shown = strings.ToUpper(shown[:1]) + shown[1:]
	}
	return Run{Kind: Date, Text: shown, At: at, Fallback: fallback}
}

// pretty says today, yesterday and tomorrow, as Slack does.
func (r Reader) pretty(at time.Time, layout string) string {
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch day(at) {
	case day(r.Now):
		return "today"
	case day(r.Now.AddDate(0, 0, -1)):
		return "yesterday"
	case day(r.Now.AddDate(0, 0, 1)):
		return "tomorrow"
	}
	return at.Format(layout)
}
