package slackapi

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"
)

// What a response_url says counts, also with status 200.
func TestWhatAResponseURLAnswers(t *testing.T) {
	t.Parallel()
	for body, wants := range map[string]any{
		"": nil, "ok": nil, `{"ok":true}`: nil, `{}`: nil, `[]`: nil, `{"ok":"?"}`: nil,
		`{"ok":false,"error":"expired_url"}`:          new(*BarredError),
		`{"ok":false,"error":"used_url","more":{}}`:   new(*BarredError),
		`{"ok":false,"error":"invalid_blocks"}`:       new(*MalformedError),
		`{"ok":false,"error":"team_added_to_org"}`:    new(*RetryLaterError),
		`{"ok":false,"error":"internal_error"}`:       new(*LostAnswerError),
		`{"ok":false}`:                                new(*LostAnswerError),
		"<!doctype html><title>Sign in first</title>": new(*LostAnswerError),
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		err := JudgeResponse(Respond(t.Context(), NewHTTPClient(), server.URL, &slack.WebhookMessage{Text: "x"}))
		server.Close()
		if wants == nil {
			assert.NilError(t, err, body)
			continue
		}
		assert.Assert(t, errors.As(err, wants), "%s: %T %v", body, err, err)
	}
}

// A page of history says which messages there are. Without them it is no page: what is looked for may stand.
func TestAHistoryWithoutMessages(t *testing.T) {
	t.Parallel()
	for body, isPage := range map[string]bool{
		`{"ok":true,"messages":[]}`: true, `{"ok":true,"messages":[null]}`: true,
		`{"ok":true}`: false, `{"ok":true,"messages":null}`: false, `{"ok":true,"messages":{}}`: false, `{"ok":true,"messages":"none"}`: false,
	} {
		api := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		_, err := api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "C1"})
		assert.Equal(t, err == nil, isPage, "%s: %v", body, err)
	}
}
