package slacktest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/slack-go/slack"

	"linqbot/bot/slacktest"
)

// A bot answers a command, then posts. The screen is what Ada sees.
func Example() {
	ctx := context.Background()
	fake := slacktest.New(slacktest.Config{
		Now: func() time.Time { return time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC) },
	})
	fake.AddUser(slacktest.User{ID: "U0ADA", Name: "Ada"})
	fake.AddChannel(slacktest.Channel{ID: "C0OPS", Name: "ops", BotMember: true})
	stop, err := fake.Serve()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()

	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, "On it.")
	}))
	defer bot.Close()
	ack, err := fake.Send(ctx, bot.URL, slacktest.Command{Text: "+1 415 555 0132"})
	fmt.Println(ack.Status, ack.Text, err)

	client := slack.New(fake.Config().BotToken, slack.OptionAPIURL(fake.APIURL()))
	if _, _, err := client.PostMessageContext(ctx, "C0OPS", slack.MsgOptionText("*Done*, <@U0ADA>", false)); err != nil {
		fmt.Println(err)
	}
	fmt.Print(fake.Screen("C0OPS", "U0ADA"))
	// Output:
	// 200 On it. <nil>
	// #ops
	// ────
	//
	// linqbot APP  09:26  Only visible to you
	//   On it.
	//
	// linqbot APP  09:26
	//   Done, @Ada
}
