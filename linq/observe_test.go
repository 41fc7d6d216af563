package linq_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
)

func TestCallsAreObserved(t *testing.T) {
	t.Parallel()
	change := func(ctx context.Context, c *linq.Client) error {
		id, err := linq.ParseChatID(testChat)
		if err == nil {
			_, err = c.RemoveParticipant(ctx, id, handle.New("+12025550143"))
		}
		return err
	}
	read := func(ctx context.Context, c *linq.Client) error {
		_, err := c.PhoneNumbers(ctx)
		return err
	}
	unnamed := func(ctx context.Context, c *linq.Client) error {
		_, err := c.Chat(ctx, linq.ChatID{})
		return err
	}
	for name, test := range map[string]struct {
		call   func(context.Context, *linq.Client) error
		answer http.HandlerFunc
		want   []linq.Call // without the time
	}{
		"accepted": {change, answering(202, `{}`), []linq.Call{{Op: "remove participant", HTTPStatus: 202}}},
		"refused": {change, answering(401, `{"error":{"code":2004}}`), []linq.Call{
			{Op: "remove participant", HTTPStatus: 401, Code: linq.CodeUnauthorized},
		}},
		"refused without a code":       {change, answering(403, ``), []linq.Call{{Op: "remove participant", HTTPStatus: 403}}},
		"refused with an unknown code": {change, answering(409, `{"error":{"code":9999}}`), []linq.Call{{Op: "remove participant", HTTPStatus: 409}}},
		"an answer that cannot be read": {read, answering(200, `<html>`), []linq.Call{
			{Op: "list phone numbers", HTTPStatus: 200},
		}},
		"no answer": {read, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, []linq.Call{
			{Op: "list phone numbers"},
		}},
		"nothing to call about": {unnamed, answering(200, `{}`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.answer)
			defer server.Close()
			var calls []linq.Call
			client, err := linq.New(linq.Config{BaseURL: server.URL, APIKey: testKey, Observe: func(c linq.Call) {
				assert.Check(t, c.Took > 0)
				c.Took = 0
				calls = append(calls, c)
			}})
			assert.NilError(t, err)
			t.Cleanup(client.CloseIdleConnections)
			err = test.call(t.Context(), client)
			assert.Equal(t, err == nil, name == "accepted", err)
			assert.DeepEqual(t, calls, test.want)
		})
	}
}

func TestACallThatIsCancelledIsObserved(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var calls []linq.Call
	client, err := linq.New(linq.Config{
		BaseURL: linq.DefaultBaseURL, APIKey: testKey, Observe: func(c linq.Call) { calls = append(calls, c) },
		HTTPClient: &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			cancel()
			return nil, errors.New("broken off")
		})},
	})
	assert.NilError(t, err)
	_, err = client.PhoneNumbers(ctx)
	assert.Assert(t, err != nil)
	assert.Equal(t, len(calls), 1)
	assert.Equal(t, calls[0].HTTPStatus, 0)
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}
