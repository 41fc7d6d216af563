package browser_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"linqbot/bot/slacktest"
)

// Beside a Slack that it does not play, the page says what it cannot see, and shows what the ledger and the log know.
func TestPlaygroundBesideTheRealSlack(t *testing.T) {
	t.Parallel()
	slack := slacktest.New(slacktest.Config{})
	slack.AddUser(slacktest.User{ID: "U0ALICE", Name: "Alice"})
	slack.AddChannel(slacktest.Channel{ID: "C0TEAM", Name: "team", BotMember: true})
	stop, err := slack.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	g := startPlayground(t, map[string]string{
		"SLACK_BOT_TOKEN": slack.Config().BotToken, "SLACK_SIGNING_SECRET": slack.Config().SigningSecret, "ALLOWED_USERS": "U0ALICE",
	}, "--slack", slack.APIURL())
	p := g.open(t, "theme=light")
	p.sees(".real", "Slack is the real one")
	p.sees("#noslack", "linqbot listens on http://")
	bot := regexp.MustCompile(`http://[0-9.:]+[0-9]`).FindString(p.shown("#noslack"))
	ack, err := slack.Send(t.Context(), bot, slacktest.Command{UserID: "U0ALICE", ChannelID: "C0TEAM", Text: springLaunch + " +14155550132"})
	if err != nil || ack.Status != http.StatusOK {
		t.Fatalf("%d %s %v", ack.Status, ack.Text, err)
	}
	p.sees("#linq .who", "+14155550132 was removed")
	p.sees("#timeline .blind", "this page does not see")
	p.sees("#timeline .events", "by its log")
	p.sees("#timeline .events", "took the first message: thread")
	p.picture("real slack")
	p.accessible("real slack")
	p.do(dark(), chromedp.EmulateViewport(390, 844))
	p.clicks("#theme", "Theme: light")
	p.sees("#theme", "Theme: dark")
	p.picture("real slack narrow dark")
	p.accessible("real slack narrow dark")
}
