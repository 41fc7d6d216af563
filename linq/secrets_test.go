package linq_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/redact"
)

// Whatever part of an answer repeats a secret, nothing that linqbot is told holds it.
func TestSecretsThatLinqRepeats(t *testing.T) {
	t.Parallel()
	const token = "xoxb-1234-abcdEFGH"
	for _, secret := range []string{testKey, token} {
		escaped := strings.ReplaceAll(secret, "-", `\u002d`)
		answers := map[string]http.HandlerFunc{
			"a message": func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = fmt.Fprintf(w, `{"error":{"code":4711,"message":"bad token %s"},"trace_id":%q}`, secret, secret)
			},
			"a message, escaped": func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = fmt.Fprintf(w, `{"error":{"code":4711,"message":"bad token %s","doc_url":"https://docs.linqapp.com/%s"}}`, escaped, secret)
			},
			"a string for an error": func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadGateway)
				_, _ = fmt.Fprintf(w, `{"error":"bad token %s"}`, escaped)
			},
			"the trace id": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Trace-ID", secret)
				w.WriteHeader(http.StatusInternalServerError)
			},
			"an acceptance": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Trace-ID", secret)
				_, _ = fmt.Fprintf(w, `{"message":"queued for %s","status":%q}`, escaped, secret)
			},
			"a chat": func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"id":%q,"display_name":"%s","handles":[{"handle":%q}],"health_status":{"status":%q}}`, testChat, escaped, secret, secret)
			},
			"split over reads": func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				for _, part := range []string{`{"error":{"code":4711,"message":"`, secret[:5], secret[5:9], secret[9:], `"}}`} {
					_, _ = io.WriteString(w, part)
					w.(http.Flusher).Flush()
				}
			},
			"no HTTP": func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				assert.Check(t, err)
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s no\r\n\r\n", secret)
				assert.Check(t, conn.Close())
			},
		}
		for name, handler := range answers {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				server := httptest.NewServer(handler)
				t.Cleanup(server.Close)
				client, err := linq.New(linq.Config{BaseURL: server.URL, APIKey: testKey, Secrets: redact.New(token)})
				assert.NilError(t, err)
				t.Cleanup(client.CloseIdleConnections)
				var told bytes.Buffer
				tell := func(values ...any) {
					for _, each := range values {
						encoded, _ := json.Marshal(each)
						fmt.Fprintf(&told, "%v %+v %s\n", each, each, encoded)
						if err, ok := each.(error); ok {
							refusal, _ := errors.AsType[*linq.Error](err)
							fmt.Fprintf(&told, "%+v %s\n", refusal, err)
						}
					}
				}
				accepted, err := client.RemoveParticipant(t.Context(), chatID(t, testChat), handle.New("+12025550132"))
				tell(accepted, err)
				chat, err := client.Chat(t.Context(), chatID(t, testChat))
				tell(chat, err, chat.DisplayName)
				for _, person := range chat.Handles {
					tell(person.Handle.Full())
				}
				assert.Assert(t, !strings.Contains(told.String(), secret), "%s", told.String())
			})
		}
	}
}

// Whatever an answer echoes, no error shows the key, the handle or the URL.
func TestErrorsNeverShowSecrets(t *testing.T) {
	t.Parallel()
	const number, address = "+12025550143", "jane.doe@example.com"
	echo := strings.Join([]string{testKey, number, "2025550143", address, "https://api.linqapp.com/api/partner/v3/x?token=" + testKey}, " ")
	quoted := fmt.Sprintf("%q", echo)
	bodies := []string{
		echo,
		"<html>" + echo + "</html>",
		`{"error":` + quoted + `}`,
		`{"error":{"code":` + quoted + `,"message":` + quoted + `,"doc_url":` + quoted + `},"trace_id":` + quoted + `}`,
		`{"error":{"code":12025550143,"retry_after":12025550143},"trace_id":"12025550143"}`,
		`{"id":` + quoted + `,"handles":` + quoted + `}`,
		`{"id":12025550143,"handles":[{"handle":` + quoted + `,"joined_at":` + quoted + `}]}`,
		`{"chats":` + quoted + `,"phone_numbers":` + quoted + `}`,
	}
	for _, status := range []int{200, 302, 400, 409, 500} {
		for _, body := range bodies {
			client := newClient(t, linq.DefaultBaseURL, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				header := http.Header{"X-Trace-Id": {echo}, "Retry-After": {echo}, "Location": {"https://" + echo}}
				return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}, nil
			})})
			assertNoSecrets(t, client, number, address)
		}
	}
	broken := newClient(t, linq.DefaultBaseURL, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("malformed HTTP response: " + number + " " + address)
	})})
	assertNoSecrets(t, broken, number, address)
}

func assertNoSecrets(t *testing.T, client *linq.Client, number, address string) {
	t.Helper()
	id := chatID(t, testChat)
	_, removing := client.RemoveParticipant(t.Context(), id, handle.New(number))
	_, adding := client.AddParticipant(t.Context(), id, handle.New(address))
	_, reading := client.Chat(t.Context(), id)
	_, listing := client.Chats(t.Context(), linq.ChatsQuery{From: handle.New(number), To: handle.New(address)})
	_, lines := client.PhoneNumbers(t.Context())
	for _, err := range []error{removing, adding, reading, listing, lines} {
		if err == nil {
			continue
		}
		for _, verb := range []string{"%v", "%+v", "%s"} {
			text := fmt.Sprintf(verb, err)
			for _, secret := range []string{testKey, "2025550143", "jane", "api.linqapp.com"} {
				assert.Assert(t, !strings.Contains(text, secret), "%q shows %q", text, secret)
			}
		}
	}
}
