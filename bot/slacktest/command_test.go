package slacktest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

// bot is a bot that answers every signed request the same way and remembers what came.
type bot struct {
	url     string
	command slack.SlashCommand
	path    string
	body    []byte
}

func newBot(t *testing.T, fake *slacktest.Slack, contentType, answer string) *bot {
	t.Helper()
	b := &bot{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verifier, err := slack.NewSecretsVerifier(r.Header, fake.Config().SigningSecret)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		b.body, _ = io.ReadAll(io.TeeReader(r.Body, &verifier))
		if err := verifier.Ensure(); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		b.path = r.URL.Path
		r.Body = io.NopCloser(strings.NewReader(string(b.body)))
		b.command, _ = slack.SlashCommandParse(r)
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func TestTheSignatureIsThePublishedOne(t *testing.T) {
	// The vector of authentication/verifying-requests-from-slack.
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
		"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2F" +
		"commands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	timestamp, signature := slacktest.Sign("8f742231b10e8888abcd99yyyzzz85a5", time.Unix(1531420618, 0), []byte(body))
	assert.Equal(t, timestamp, "1531420618")
	assert.Equal(t, signature, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
}

func TestACommandArrivesAsSlackSendsIt(t *testing.T) {
	fake, _ := start(t, slacktest.Config{EnterpriseID: "E0ACME"})
	bot := newBot(t, fake, "text/plain", "understood")

	ack, err := fake.Send(t.Context(), bot.url, slacktest.Command{Text: "a & b"})
	assert.NilError(t, err)
	assert.Equal(t, ack.Status, http.StatusOK)
	assert.Equal(t, string(ack.Body), "understood")
	assert.Equal(t, ack.Text, "understood")
	assert.Equal(t, ack.ResponseType, "ephemeral")
	assert.Assert(t, ack.Took > 0)

	assert.Equal(t, bot.path, "/slack/commands")
	assert.DeepEqual(t, bot.command, slack.SlashCommand{
		Token: "deprecated-verification-token", TeamID: fake.Config().TeamID, TeamDomain: "acme",
		EnterpriseID: "E0ACME", EnterpriseName: "Acme",
		ChannelID: ops, ChannelName: "ops", UserID: ada, UserName: "Ada",
		Command: "/linq-remove", Text: "a & b", APIAppID: "A0SLACKTEST",
		ResponseURL: ack.ResponseURL, TriggerID: ack.TriggerID,
	})
	assert.Equal(t, respond(t, bot.command.ResponseURL, slack.WebhookMessage{Text: "later"}), http.StatusOK)

	seen := fake.Ephemerals(ops, ada)
	assert.Equal(t, len(seen), 2)
	assert.Equal(t, seen[0].Text, "understood")

	again, err := fake.Send(t.Context(), bot.url, slacktest.Command{Text: "a & b", ChannelID: "C0ELSEWHERE"})
	assert.NilError(t, err)
	assert.Equal(t, again.Text, "understood", "a channel that is not there shows nothing, but the answer is known")
	assert.Assert(t, again.TriggerID != ack.TriggerID)
}

func TestAJSONAckIsShown(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	bot := newBot(t, fake, "application/json", `{"response_type":"ephemeral","text":"t","blocks":[
		{"type":"section","text":{"type":"mrkdwn","text":"Removing *them*"}}]}`)
	ack, err := fake.Send(t.Context(), bot.url, slacktest.Command{ChannelID: secret})
	assert.NilError(t, err)
	assert.Equal(t, ack.Text, "Removing them")
	assert.Equal(t, fake.Ephemerals(secret, ada)[0].Rendered, "Removing them")

	assert.Equal(t, respond(t, ack.ResponseURL, slack.WebhookMessage{Text: "Removed", ReplaceOriginal: true}), http.StatusOK)
	seen := fake.Ephemerals(secret, ada)
	assert.Equal(t, len(seen), 1)
	assert.Equal(t, seen[0].Rendered, "Removed")
	assert.Equal(t, bot.command.ChannelName, "privategroup")
}

func TestAPublicAckPublishesTheCommand(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	bot := newBot(t, fake, "application/json", `{"response_type":"in_channel","text":"done"}`)
	_, err := fake.Send(t.Context(), bot.url, slacktest.Command{Text: "someone"})
	assert.NilError(t, err)
	got := fake.Messages(ops)
	assert.Equal(t, len(got), 2)
	assert.Equal(t, got[0].Author, ada)
	assert.Equal(t, got[0].Text, "/linq-remove someone")
	assert.Equal(t, got[1].Text, "done")
}

func TestWhatPeopleSeeWhenTheBotFails(t *testing.T) {
	fake, _ := start(t, slacktest.Config{AckTimeout: 50 * time.Millisecond})
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	defer broken.Close()
	missing := httptest.NewServer(http.NotFoundHandler())
	defer missing.Close()

	_, err := fake.Send(t.Context(), slow.URL, slacktest.Command{})
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = fake.Send(t.Context(), "http://127.0.0.1:1", slacktest.Command{})
	assert.ErrorContains(t, err, "connection refused")
	ack, err := fake.Send(t.Context(), broken.URL, slacktest.Command{})
	assert.NilError(t, err)
	assert.Equal(t, ack.Status, http.StatusInternalServerError)
	_, err = fake.Send(t.Context(), missing.URL, slacktest.Command{})
	assert.NilError(t, err)

	var told []string
	for _, m := range fake.Ephemerals(ops, ada) {
		told = append(told, m.Text)
	}
	var want []string
	for _, code := range []string{"operation_timeout", "dispatch_failed", "http_service_error", "http_client_error"} {
		want = append(want, fmt.Sprintf(`/linq-remove failed with the error "%s"`, code))
	}
	assert.DeepEqual(t, told, want)
}

func TestInteractionsAndEventsAreDelivered(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	bot := newBot(t, fake, "application/json", "")

	ack, err := fake.SendInteraction(t.Context(), bot.url, map[string]any{"type": "block_actions"})
	assert.NilError(t, err)
	assert.Equal(t, ack.Status, http.StatusOK)
	assert.Equal(t, bot.path, "/slack/interactions")
	assert.Equal(t, string(bot.body), "payload=%7B%22type%22%3A%22block_actions%22%7D")

	step := fake.Envelope(map[string]any{"type": "function_executed", "function_execution_id": "Fx1", "bot_access_token": "xwfp-1"})
	ack, err = fake.SendEvent(t.Context(), bot.url, step)
	assert.NilError(t, err)
	assert.Equal(t, ack.Status, http.StatusOK)
	assert.Equal(t, bot.path, "/slack/events")
	event, err := slackevents.ParseEvent(json.RawMessage(bot.body), slackevents.OptionNoVerifyToken())
	assert.NilError(t, err)
	assert.Equal(t, event.InnerEvent.Type, "function_executed")
	_, started := fake.Execution("Fx1")
	assert.Assert(t, started)
}
