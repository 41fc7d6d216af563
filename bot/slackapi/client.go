package slackapi

import (
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"linqbot/linq/redact"
)

// New returns a client of Slack's Web API at apiURL, which ends in a slash.
func New(token, apiURL string) *slack.Client {
	return NewOver(NewHTTPClientHiding(redact.New(token)), token, apiURL)
}

// NewOver returns a client as [New] does, that calls through the given one. An answer that
// does not say whether it is ok is an error.
func NewOver(client *http.Client, token, apiURL string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(apiURL), slack.OptionHTTPClient(strict{client}))
}

// NewHTTPClient returns a client for Slack's response URLs and the like. It never follows a redirect, which could
// carry the token to another host. It sends nothing whose time is over, waits for an answer no longer than a step
// may, and reads no more than Slack's answers can have.
func NewHTTPClient() *http.Client { return NewHTTPClientHiding(redact.Secrets{}) }

// NewHTTPClientHiding returns a client as [NewHTTPClient] does, that takes the secrets out of all answers and errors.
func NewHTTPClientHiding(secrets redact.Secrets) *http.Client {
	const patience = 10 * time.Second
	return &http.Client{
		Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
		Transport: bounded{secrets: secrets, next: punctual{&http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			MaxIdleConnsPerHost: 16,
			IdleConnTimeout:     time.Minute,
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
		}}},
	}
}
