package slackapi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"
)

// strangeParts are what a message may hold that slack-go's own types do not take.
func strangeParts() []string {
	return []string{
		`"attachments":[{"id":"1"}]`, `"attachments":[{"color":7}]`, `"attachments":{}`, `"blocks":[{"type":7}]`, `"blocks":[{"type":"new","x":{}}]`,
		`"blocks":"x"`, `"edited":[]`, `"files":[{"size":"1"}]`, `"reactions":{"a":1}`, `"metadata":"x"`, `"metadata":{"event_payload":[]}`,
		`"metadata":{"event_type":7,"event_payload":{"key":{}}}`, `"thread_ts":7`, `"user":{}`, `"errors":{}`, `"reply_users":"x"`, `"root":[]`,
	}
}

// answered serves one body.
func answered(t *testing.T, body string) *slack.Client {
	t.Helper()
	return answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
}

func TestStrangePartsOfMessages(t *testing.T) {
	t.Parallel()
	const own = `{"ts":"1.3","thread_ts":"1.2","metadata":{"event_type":"linqbot_message","event_payload":{"key":"k","more":[1]}}}`
	for _, part := range strangeParts() {
		page := `{"ok":true,"errors":{},"response_metadata":{"next_cursor":"c","messages":{}},"messages":[{"ts":"1.1",` + part + `},7,` + own + `]}`
		api := answered(t, page)
		history, err := api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: "C1"})
		assert.NilError(t, err, part)
		replies, _, cursor, err := api.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: "1.2"})
		assert.NilError(t, err, part)
		assert.Equal(t, cursor, "c")
		for _, messages := range [][]slack.Message{history.Messages, replies} {
			assert.Equal(t, len(messages), 3)
			last := messages[2]
			assert.Equal(t, last.Timestamp, "1.3")
			assert.Equal(t, last.ThreadTimestamp, "1.2")
			assert.Equal(t, last.Metadata.EventType, "linqbot_message")
			assert.Equal(t, last.Metadata.EventPayload["key"], "k")
		}

		api = answered(t, `{"ok":true,"channel":"C1","ts":"1.2","text":7,`+part+`,"message":{"ts":"1.2",`+part+`}}`)
		channel, ts, err := api.PostMessageContext(t.Context(), "C1", slack.MsgOptionText("x", false))
		assert.NilError(t, err, part)
		assert.Equal(t, channel+" "+ts, "C1 1.2")
		_, ts, _, err = api.UpdateMessageContext(t.Context(), "C1", "1.2", slack.MsgOptionText("x", false))
		assert.NilError(t, err, part)
		assert.Equal(t, ts, "1.2")

		for method, call := range slackCalls(answered(t, `{"ok":false,"error":"not_in_channel",`+part+`}`)) {
			assert.Equal(t, Code(call(t.Context())), "not_in_channel", "%s: %s", method, part)
		}
	}
}

func TestAnswersOfOtherShapes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"\ufeff" + `{"ok":true,"channel":"C1","ts":"1.2"}`, " \r\n" + `{"ok":true,"channel":"C1","ts":"1.2"}` + "\n",
		`{"ok":true,"channel":{"id":"C1","name":"team"},"ts":"1.2"}`, `{"ok":true,"channel":"C1","ts":"1.2","error":"x","warning":7}`,
	} {
		channel, ts, err := answered(t, body).PostMessageContext(t.Context(), "C1", slack.MsgOptionText("x", false))
		assert.NilError(t, err, "%q", body)
		assert.Equal(t, channel+" "+ts, "C1 1.2")
	}
	// These say nothing of whether the message stands.
	for _, body := range []string{
		"", "{}", "null", "[]", `"ok"`, "<html>", `{"ok":"true","ts":"1.2"}`, `{"ok":1}`, `{"ok":true,"ts":"1.2"`, `{"ok":false,"error":null}`,
		`{"ok":false,"error":{"code":"x"}}`, `{"ts":"1.2","channel":"C1"}`,
	} {
		_, _, err := answered(t, body).PostMessageContext(t.Context(), "C1", slack.MsgOptionText("x", false))
		_, lost := errors.AsType[*LostAnswerError](Judge(err))
		assert.Assert(t, lost, "%q: %v", body, err)
	}
}

func TestStrangePartsOfViews(t *testing.T) {
	t.Parallel()
	for _, part := range []string{`"state":{"values":[]}`, `"blocks":[{"type":7}]`, `"title":"x"`, `"state":[]`, `"close":null`} {
		opened, err := answered(t, `{"ok":true,"view":{"id":"V1","hash":"h",`+part+`}}`).OpenViewContext(t.Context(), "trigger", slack.ModalViewRequest{})
		assert.NilError(t, err, part)
		assert.Equal(t, opened.ID+opened.Hash, "V1h")
	}
}

// A reply whose answer names no thread stands in the channel.
func TestALooseReply(t *testing.T) {
	t.Parallel()
	for body, loose := range map[string]bool{
		`{"ok":true,"channel":"C1","ts":"1.3","message":{"ts":"1.3"}}`:                   true,
		`{"ok":true,"channel":"C1","ts":"1.3","message":{"ts":"1.3","thread_ts":"1.2"}}`: false,
		`{"ok":true,"channel":"C1","ts":"1.3"}`:                                          false,
	} {
		_, _, err := answered(t, body).PostMessageContext(t.Context(), "C1", slack.MsgOptionText("x", false), slack.MsgOptionTS("1.2"))
		got, isLoose := errors.AsType[*LooseReplyError](err)
		assert.Equal(t, isLoose, loose, body)
		if loose {
			assert.DeepEqual(t, *got, LooseReplyError{ChannelID: "C1", TS: "1.3"})
		}
		_, _, err = answered(t, body).PostMessageContext(t.Context(), "C1", slack.MsgOptionText("x", false))
		assert.NilError(t, err, body)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	for said, want := range map[string]time.Duration{
		"30": 30 * time.Second, "0.2": time.Second, "1.5": 2 * time.Second, "0": time.Second, "-5": time.Second,
		"1e9": mostWait, "inf": mostWait, "NaN": 0, "": 0, "soon": 0,
		now.Add(40 * time.Second).Format(http.TimeFormat): 40 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       time.Second,
		now.Add(time.Hour).Format(http.TimeFormat):        mostWait,
	} {
		assert.Equal(t, retryAfter(http.Header{"Retry-After": {said}}, now), want, said)
	}
	for said, want := range map[string]time.Duration{"2.5": 3 * time.Second, "": time.Second, "soon": time.Second} {
		api := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", said)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		for method, call := range slackCalls(api) {
			limited, ok := errors.AsType[*RetryLaterError](Judge(call(t.Context())))
			assert.Assert(t, ok && limited.Wait == want, "%s %q: %v", method, said, limited)
		}
	}
}

func FuzzReduced(f *testing.F) {
	for _, part := range strangeParts() {
		f.Add([]byte(`{"ok":true,"channel":"C1","ts":"1.2","messages":[{"ts":"1.1",` + part + `}]}`))
		f.Add([]byte(`{"ok":false,"error":"x","channel":{"id":"C1",` + part + `}}`))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x/api/chat.postMessage", strings.NewReader("thread_ts=1.2"))
		assert.NilError(t, err)
		kept, err := reduced(r, body)
		if err != nil {
			return
		}
		var message struct {
			slack.SlackResponse
			Channel  any             `json:"channel"`
			TS       string          `json:"ts"`
			Messages []slack.Message `json:"messages"`
		}
		if err := json.Unmarshal(kept, &message); err != nil {
			t.Fatalf("slack-go does not take %s: %v", kept, err)
		}
	})
}
