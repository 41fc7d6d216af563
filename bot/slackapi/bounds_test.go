package slackapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/linq/redact"
)

// slackCalls are all calls that linqbot makes through slack-go.
func slackCalls(api *slack.Client) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"auth.test": func(ctx context.Context) error { _, err := api.AuthTestContext(ctx); return err },
		"chat.postMessage": func(ctx context.Context) error {
			_, _, err := api.PostMessageContext(ctx, "C1", slack.MsgOptionText("x", false))
			return err
		},
		"chat.update": func(ctx context.Context) error {
			_, _, _, err := api.UpdateMessageContext(ctx, "C1", "1.2", slack.MsgOptionText("x", false))
			return err
		},
		"conversations.open": func(ctx context.Context) error {
			_, _, _, err := api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{"U1"}})
			return err
		},
		"conversations.info": func(ctx context.Context) error {
			_, err := api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: "C1"})
			return err
		},
		"conversations.history": func(ctx context.Context) error {
			_, err := api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: "C1"})
			return err
		},
		"conversations.replies": func(ctx context.Context) error {
			_, _, _, err := api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{ChannelID: "C1", Timestamp: "1.2"})
			return err
		},
		"files.getUploadURLExternal": func(ctx context.Context) error {
			_, err := api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: 1})
			return err
		},
		"files.completeUploadExternal": func(ctx context.Context) error {
			_, err := api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{Files: []slack.FileSummary{{ID: "F1"}}})
			return err
		},
		"usergroups.list": func(ctx context.Context) error { _, err := api.GetUserGroupsContext(ctx); return err },
		"usergroups.users.list": func(ctx context.Context) error {
			_, err := Groups{Slack: api}.GroupMembers(ctx, "S1")
			return err
		},
		"views.open": func(ctx context.Context) error {
			_, err := api.OpenViewContext(ctx, "trigger", slack.ModalViewRequest{})
			return err
		},
		"views.update": func(ctx context.Context) error {
			_, err := api.UpdateViewContext(ctx, slack.ModalViewRequest{}, "", "", "V1")
			return err
		},
		"views.publish": func(ctx context.Context) error {
			_, err := api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: "U1"})
			return err
		},
	}
}

// full is what makes any of the calls a success, if it is ok.
const full = `"users":["U1"],"usergroups":[],"channel":{"id":"C1"},"messages":[{}],"ts":"1.2","view":{"id":"V1"},"team_id":"T1"`

func answering(t *testing.T, handler http.HandlerFunc) *slack.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return New("xoxb-1234-abcdEFGH", server.URL+"/api/")
}

// ok decides, whatever else an answer holds.
func TestAnAnswerThatIsNotOKIsAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"ok":false,` + full + `}`, `{"ok":false,"error":"",` + full + `}`, `{"ok":false,"error":null,` + full + `}`,
		`{"ok":false,"error":" ",` + full + `}`, `{"ok":false,"error":{"code":"x"},` + full + `}`,
		`{"ok":null,` + full + `}`, `{"ok":"true",` + full + `}`, `{"ok":1,` + full + `}`, `{` + full + `}`,
		`{"ok":false,"ok":true,` + full + `}`, `{"ok":true,"ok":false,` + full + `}`, `{"ok":false,"OK":true,` + full + `}`,
		`{"OK":true,` + full + `}`, `{"o\u212A":true,` + full + `}`, `{"x":{"ok":true},` + full + `}`,
		`{"ok":true,` + full + `}{"ok":false}`, `{"ok":true,` + full,
		`[{"ok":true,` + full + `}]`, `"ok"`, `true`, `null`, `[]`, `{}`, ``, ` `, `<html>ok</html>`,
	} {
		api := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		for method, call := range slackCalls(api) {
			assert.ErrorIs(t, call(t.Context()), errNotOK, "%s: %s", method, body)
		}
	}
	api := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"error":"not_authed","ok":false}`)
	})
	for method, call := range slackCalls(api) {
		assert.Equal(t, Code(call(t.Context())), "not_authed", method)
	}
	good := strings.Replace(full, `"channel":{"id":"C1"}`, `"channel":"C1"`, 1)
	for method, call := range slackCalls(answering(t, func(w http.ResponseWriter, r *http.Request) {
		body := full
		if strings.Contains(r.URL.Path, "chat.") {
			body = good
		}
		_, _ = io.WriteString(w, ` {"ok":true,`+body+`} `)
	})) {
		assert.NilError(t, call(t.Context()), method)
	}
}

// squeezed answers with repeat, times over, between before and after, compressed.
func squeezed(status int, before, repeat, after string, times int) http.HandlerFunc {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = io.WriteString(zip, before+strings.Repeat(repeat, times)+after) // a buffer takes all
	_ = zip.Close()
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(status)
		_, _ = w.Write(packed.Bytes())
	}
}

func TestAnswersOfSlackHaveABound(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"bytes":   squeezed(http.StatusOK, `{"ok":true,"x":"`, "x", `"}`, maxAnswer+1<<10),
		"objects": squeezed(http.StatusOK, `{"ok":true,"messages":[{}`, ",{}", `]}`, maxParts+2<<10),
		"lists":   squeezed(http.StatusOK, `{"ok":true,"messages":[[]`, ",[]", `]}`, maxParts+2<<10),
	} {
		api := answering(t, handler)
		for method, call := range slackCalls(api) {
			assert.ErrorIs(t, call(t.Context()), errTooLarge, "%s: %s", name, method)
		}
	}

	// The status of an error counts, however large its page is; a response_url has nothing but a status.
	api := answering(t, squeezed(http.StatusServiceUnavailable, "", "x", "", maxAnswer+1<<10))
	for method, call := range slackCalls(api) {
		assert.Equal(t, Status(call(t.Context())), http.StatusServiceUnavailable, method)
	}
	server := httptest.NewServer(squeezed(http.StatusOK, "", "x", "", maxAnswer+1<<10))
	t.Cleanup(server.Close)
	assert.NilError(t, Respond(t.Context(), NewHTTPClient(), server.URL, &slack.WebhookMessage{Text: "x"}))
}

// Whatever part of an answer repeats a secret, neither what linqbot reads nor an error holds it.
func TestSecretsThatSlackRepeats(t *testing.T) {
	t.Parallel()
	const secret = "xoxb-1234-abcdEFGH"
	escaped := strings.ReplaceAll(secret, "-", `\u002d`)
	for name, handler := range map[string]http.HandlerFunc{
		"a code": func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, `{"ok":false,"error":%q}`, secret) },
		"a code, escaped": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"ok":false,"error":"%s"}`, escaped)
		},
		"metadata": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"ok":false,"error":"x","needed":%q,"response_metadata":{"messages":["%s"]}}`, secret, escaped)
		},
		"a wait": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", secret)
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"not JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, secret) },
		"a wrong type": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"ok":true,"team_id":5,"users":%q,"channel":7,"ts":[%q],"errors":[{"x":%q}]}`, secret, secret, secret)
		},
		"the status line": func(w http.ResponseWriter, _ *http.Request) { hijacked(t, w, "HTTP/1.1 500 "+secret+"\r\n\r\n") },
		"no status":       func(w http.ResponseWriter, _ *http.Request) { hijacked(t, w, "HTTP/1.1 "+secret+" no\r\n\r\n") },
		"no HTTP":         func(w http.ResponseWriter, _ *http.Request) { hijacked(t, w, secret+"\r\n\r\n") },
		"a header":        func(w http.ResponseWriter, _ *http.Request) { hijacked(t, w, "HTTP/1.1 200 OK\r\n"+secret+"\r\n\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for method, call := range slackCalls(answering(t, handler)) {
				for err := call(t.Context()); err != nil; err = errors.Unwrap(err) {
					assert.Assert(t, !strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, Judge(err)), secret), "%s: %+v", method, err)
				}
			}
			server := httptest.NewServer(handler)
			t.Cleanup(server.Close)
			err := Respond(t.Context(), NewHTTPClientHiding(redact.New(secret)), server.URL, &slack.WebhookMessage{Text: "x"})
			assert.Assert(t, !strings.Contains(fmt.Sprint(err), secret), "%v", err)
		})
	}
}

func hijacked(t *testing.T, w http.ResponseWriter, answer string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	assert.Check(t, err)
	_, _ = io.WriteString(conn, answer)
	assert.Check(t, conn.Close())
}

func FuzzCheckOK(f *testing.F) {
	f.Add([]byte(`{"ok":true}`))
	f.Add([]byte(`{"ok":false,"error":"x"}`))
	f.Add([]byte(`{"ok":false,"Ok":true}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if checkOK(body) != nil {
			return
		}
		var answer slack.SlackResponse
		if err := json.Unmarshal(body, &answer); err == nil && !answer.Ok && answer.Err() == nil {
			t.Fatalf("%q passes, and slack-go takes it for a success", body)
		}
	})
}
