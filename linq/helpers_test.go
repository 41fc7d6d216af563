package linq_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
)

const (
	testKey  = "sk-live-8f2e6b1c"
	testChat = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"
)

func chatID(t testing.TB, text string) linq.ChatID {
	t.Helper()
	id, err := linq.ParseChatID(text)
	assert.NilError(t, err)
	return id
}

func newClient(t testing.TB, base string, httpClient *http.Client) *linq.Client {
	t.Helper()
	client, err := linq.New(linq.Config{BaseURL: base, APIKey: testKey, UserAgent: "linqbot/test", HTTPClient: httpClient})
	assert.NilError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// serve returns a client of a server that answers every request with the handler.
func serve(t testing.TB, handler http.HandlerFunc) *linq.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClient(t, server.URL+"/api/partner/", nil)
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
