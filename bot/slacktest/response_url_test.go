package slacktest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

// respond answers by a response URL as a bot does, and returns the HTTP status.
func respond(t *testing.T, url string, m slack.WebhookMessage) int {
	t.Helper()
	err := slack.PostWebhookCustomHTTPContext(t.Context(), url, http.DefaultClient, &m)
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return status.Code
	}
	assert.NilError(t, err)
	return http.StatusOK
}

func TestAResponseURLWorksFiveTimes(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	url := fake.NewResponseURL(secret, ada, "")
	for range 5 {
		assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "hello"}), http.StatusOK)
	}
	assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "hello"}), http.StatusNotFound)
	calls := fake.Calls()
	assert.Equal(t, calls[5].Method, "response_url")
	assert.Equal(t, calls[5].Error, "used_url")
	assert.Equal(t, calls[5].Channel, secret)
	assert.Equal(t, len(fake.Ephemerals(secret, ada)), 5, "it needs no membership, and is ephemeral by default")
	assert.Equal(t, len(fake.Messages(secret)), 0)
}

func TestAResponseURLExpires(t *testing.T) {
	clock := newClock()
	fake, _ := start(t, slacktest.Config{Now: clock.now})
	url := fake.NewResponseURL(ops, ada, "")
	clock.at = clock.at.Add(30 * time.Minute)
	assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "in time"}), http.StatusOK)
	clock.at = clock.at.Add(time.Second)
	assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "too late"}), http.StatusNotFound)
	assert.Equal(t, fake.Calls()[1].Error, "expired_url")
	assert.Equal(t, len(fake.Ephemerals(ops, ada)), 1)
}

func TestAResponseURLCanPostInPublicAndInThreads(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, parent, err := api.PostMessageContext(t.Context(), ops, text("parent"))
	assert.NilError(t, err)
	url := fake.NewResponseURL(ops, ada, "")
	assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "all", ResponseType: slack.ResponseTypeInChannel, ThreadTimestamp: parent}), http.StatusOK)
	assert.Equal(t, fake.Thread(ops, parent)[1].Text, "all")

	_, _, err = api.PostMessageContext(t.Context(), ops, slack.MsgOptionResponseURL(url, slack.ResponseTypeEphemeral), text("only Ada"))
	assert.NilError(t, err, "the client wants a plain ok")
	assert.Equal(t, fake.Ephemerals(ops, ada)[0].Text, "only Ada")
}

func TestAResponseURLReplacesItsOriginal(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, clicked, err := api.PostMessageContext(t.Context(), ops, text("press me"))
	assert.NilError(t, err)
	url := fake.NewResponseURL(ops, ada, clicked)
	assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "pressed", ReplaceOriginal: true}), http.StatusOK)
	assert.Equal(t, fake.Messages(ops)[0].Text, "pressed")

	url = fake.NewResponseURL(ops, ada, "")
	for _, said := range []string{"first", "second"} {
		assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: said, ReplaceOriginal: true}), http.StatusOK)
	}
	got := fake.Ephemerals(ops, ada)
	assert.Equal(t, len(got), 1)
	assert.Equal(t, got[0].Text, "second")
}

func TestARefusedResponseSpendsNoUse(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	url := fake.NewResponseURL(ops, ada, "")
	fake.Inject(slacktest.Fault{Method: "response_url", Error: "expired_url", Times: 5})
	for range 5 {
		assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "hello"}), http.StatusNotFound)
	}
	for range 5 {
		assert.Equal(t, respond(t, url, slack.WebhookMessage{}), http.StatusNotFound)
	}
	assert.Equal(t, fake.Calls()[9].Error, "no_text")
	for range 5 {
		assert.Equal(t, respond(t, url, slack.WebhookMessage{Text: "hello"}), http.StatusOK)
	}
}
