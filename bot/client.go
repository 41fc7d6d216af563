package bot

import (
	"net/http"
	"time"

	"github.com/slack-go/slack"
)

// NewSlack returns a client of Slack's Web API at apiURL, which ends in a slash.
func NewSlack(token, apiURL string) *slack.Client {
	return NewSlackOver(NewHTTPClient(), token, apiURL)
}

// NewSlackOver returns a client as [NewSlack] does, that calls through the given one.
func NewSlackOver(client *http.Client, token, apiURL string) *slack.Client {
	return slack.New(token, slack.OptionAPIURL(apiURL), slack.OptionHTTPClient(client))
}

// NewHTTPClient returns a client for Slack's response URLs and the like. It never follows a redirect, which could carry
// the token to another host, it sends nothing whose time is over, and it waits for no answer longer than a step may.
func NewHTTPClient() *http.Client {
	const patience = 10 * time.Second
	return &http.Client{
		Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
		Transport: punctual{&http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			MaxIdleConnsPerHost: 16,
			IdleConnTimeout:     time.Minute,
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
		}},
	}
}
