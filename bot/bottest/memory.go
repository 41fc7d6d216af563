package bottest

import (
	"errors"
	"net/http"
	"net/http/httptest"

	"github.com/slack-go/slack"

	"linqbot/bot/slacktest"
)

// memoryClient talks to a handler without a network, so that it works in a bubble of synctest.
type memoryClient struct{ handler http.Handler }

func (c memoryClient) Do(r *http.Request) (response *http.Response, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the connection was cut")
		}
	}()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// SlackOver is a client whose Slack is a fake without a network, behind what the test puts before it.
func SlackOver(fake *slacktest.Slack, served http.Handler) *slack.Client {
	return slack.New(fake.Config().BotToken, slack.OptionAPIURL("http://slack.test/api/"), slack.OptionHTTPClient(memoryClient{served}))
}
