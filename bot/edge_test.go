package bot

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/bot/workspace/workspacetest"
)

const (
	testSecret  = "8f742231b10e8888abcd99yyyzzz85a5"
	otherSecret = "e6b19c573432dcc6b075501d51b51bb8"
	testCommand = RemoveCommand
)

// edge is a bot that serves one command, without a network.
type edge struct {
	t       testing.TB
	handler http.Handler
	bot     *Bot
	command *FakeCommand
	log     *bottest.Lines
}

func newEdge(t testing.TB, change ...func(*Config)) *edge {
	t.Helper()
	logger, log := bottest.NewLog()
	e := &edge{t: t, command: new(FakeCommand), log: log}
	cfg := Config{
		SigningSecrets: []string{testSecret},
		Commands:       map[string]Command{testCommand: e.command},
		Teams:          workspacetest.Known(t, bottest.Team),
		Ready:          func(context.Context) error { return nil },
		Logger:         logger,
	}
	for _, c := range change {
		c(&cfg)
	}
	e.bot = New(cfg)
	e.handler = e.bot.Handler()
	return e
}

// form is a command as Slack posts it.
func form(text string) url.Values {
	return url.Values{
		"command": {testCommand}, "text": {text}, "team_id": {bottest.Team}, "user_id": {bottest.Ada}, "channel_id": {bottest.Ops},
		"trigger_id": {"13345224609.738474920.8088930838d88f008e0"}, "response_url": {"https://hooks.slack.com/commands/1"},
	}
}

// signedRequest is a post of body, signed now.
func signedRequest(t testing.TB, target, secret, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", formType)
	sign(r, secret, time.Now(), body)
	return r
}

func sign(r *http.Request, secret string, at time.Time, body string) {
	timestamp, signature := slacktest.Sign(secret, at, []byte(body))
	r.Header.Set(slacktest.TimestampHeader, timestamp)
	r.Header.Set(slacktest.SignatureHeader, signature)
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// serve answers a request without a network.
func (e *edge) serve(r *http.Request) reply {
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	return reply{status: w.Code, header: w.Header(), body: w.Body.String()}
}

// post sends a request over the network.
func post(t testing.TB, server *httptest.Server, r *http.Request) reply {
	t.Helper()
	response, err := server.Client().Do(r)
	assert.NilError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	assert.NilError(t, err)
	return reply{status: response.StatusCode, header: response.Header, body: string(body)}
}

// said reads the text of an answer, and checks that only the person sees it.
func said(t testing.TB, got reply) string {
	t.Helper()
	assert.Equal(t, got.status, http.StatusOK)
	assert.Equal(t, got.header.Get("Content-Type"), "application/json; charset=utf-8")
	var answer struct {
		ResponseType string          `json:"response_type"`
		Text         string          `json:"text"`
		Blocks       json.RawMessage `json:"blocks"`
	}
	assert.NilError(t, json.Unmarshal([]byte(got.body), &answer), got.body)
	assert.Equal(t, answer.ResponseType, "ephemeral")
	assert.DeepEqual(t, slacktest.CheckMessage(answer.Blocks, answer.Text), []string(nil))
	return answer.Text
}

// wantRefused checks a bare status: no body, and no header that holds anything of the request.
func (e *edge) wantRefused(got reply, status int) {
	e.t.Helper()
	assert.Equal(e.t, got.status, status)
	assert.Equal(e.t, got.body, "")
	for name := range got.header {
		assert.Assert(e.t, name == "X-Request-Id" || name == "Connection", name)
	}
	assert.Equal(e.t, len(e.command.runs()), 0, "dispatched")
}
