package slackapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"linqbot/linq/loopback"

	"github.com/slack-go/slack"
)

// Respond answers at a response_url. Its error names no URL: a response_url is a secret.
func Respond(ctx context.Context, client *http.Client, to string, m *slack.WebhookMessage) error {
	transport := &refusalTransport{next: client.Transport}
	if transport.next == nil {
		transport.next = http.DefaultTransport
	}
	reading := *client
	reading.Transport = transport
	err := slack.PostWebhookCustomHTTPContext(ctx, to, &reading, m)
	if err == nil {
		err = transport.refusal
	}
	if err != nil {
		return fmt.Errorf("use response_url: %w", WithoutURL(err))
	}
	return nil
}

// refusalTransport reads answers with status 200, of which slack-go looks at the status alone. Slack says "ok" or nothing
// when it has taken the message.
type refusalTransport struct {
	next    http.RoundTripper
	refusal error // of the last answer
}

func (t *refusalTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // if it breaks off, the status counts
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	t.refusal = refusalIn(body)
	return response, nil
}

// refusalIn returns what an answer of a response_url says against its status; nil if it says nothing.
func refusalIn(body []byte) error {
	var said struct {
		OK    json.RawMessage `json:"ok"`
		Error string          `json:"error"`
	}
	body = bytes.TrimSpace(body)
	_ = Decode(body, &said) // "ok" is no JSON, and says nothing against the status
	switch {
	case bytes.HasPrefix(body, []byte("<")): // a page of something else
		return errNotOK
	case string(said.OK) != "false":
		return nil
	case said.Error == "":
		return errNotOK
	}
	return slack.SlackErrorResponse{Err: said.Error}
}

// IsSlack reports whether a response_url leads to Slack. What Slack signs does; but should a signing
// secret leak, the bot is not to be sent to other hosts. A Slack on this machine, as in tests, counts
// when apiURL is there too.
func IsSlack(responseURL, apiURL string) bool {
	u, err := url.Parse(responseURL)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	for _, domain := range []string{"slack.com", "slack-gov.com"} {
		if u.Scheme == "https" && (host == domain || strings.HasSuffix(host, "."+domain)) {
			return true
		}
	}
	api, err := url.Parse(apiURL)
	return err == nil && loopback.Is(host) && loopback.Is(api.Hostname())
}
