// Package linq calls Linq's Partner API v3: it reads chats, and adds and removes their people. It
// makes each call once, and tells a refusal ([Error]) from the lack of an answer ([NoAnswerError]),
// so that its caller can decide what to do again. It knows neither who asks for a call nor why. Begin with [Client];
// what an answer means is said by the methods of [Error].
package linq

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"linqbot/linq/loopback"
	"linqbot/linq/redact"
)

// DefaultBaseURL is where Linq serves the API.
const DefaultBaseURL = "https://api.linqapp.com/api/partner/"

// Config is what a [Client] needs.
type Config struct {
	// BaseURL is the address below which the paths start with v3/, such as [DefaultBaseURL]; with
	// or without the last slash. Plain http is refused except on a loopback host.
	BaseURL string

	APIKey    string
	UserAgent string // default "linqbot"

	// HTTPClient replaces the client's own, for tests. Its redirect policy is not used.
	HTTPClient *http.Client

	// Secrets are taken out of whatever Linq answers, before anything reads it. The API key is one of
	// them, named or not.
	Secrets redact.Secrets

	// Observe is told of each call when it has ended. Optional; it must not take long.
	Observe func(Call)
}

// String leaves the API key out.
func (c Config) String() string { return "linq.Config{BaseURL: " + c.BaseURL + "}" }

// GoString leaves the API key out.
func (c Config) GoString() string { return c.String() }

// Client calls Linq. It is safe for concurrent use. It never follows a redirect and never repeats a
// call; how long a call may last is up to its context.
type Client struct {
	base *url.URL
	http *http.Client

	observe func(Call)
	secrets redact.Secrets

	// sign adds what every request carries. It is a function so that printing a Client cannot print
	// the API key.
	sign func(http.Header)
}

// New returns a client, or says which field of the configuration is wrong. It calls no one.
func New(config Config) (*Client, error) {
	base, err := parseBaseURL(config.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("linq: base URL: %w", err)
	}
	if err := checkAPIKey(config.APIKey); err != nil {
		return nil, fmt.Errorf("linq: API key: %w", err)
	}
	agent := config.UserAgent
	if agent == "" {
		agent = "linqbot"
	}
	authorization := "Bearer " + config.APIKey
	return &Client{
		base:    base,
		http:    newHTTPClient(config.HTTPClient),
		observe: config.Observe,
		secrets: config.Secrets.And(redact.New(config.APIKey)),
		sign: func(header http.Header) {
			header.Set("Authorization", authorization)
			header.Set("User-Agent", agent)
		},
	}, nil
}

// CloseIdleConnections closes the connections that no call is using.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

// CheckBaseURL says what is wrong with a base URL: "it ends in v3". nil if [New] takes it.
func CheckBaseURL(text string) error {
	_, err := parseBaseURL(text)
	return err
}

// CheckAPIKey says what is wrong with an API key, without quoting it. nil if [New] takes it.
func CheckAPIKey(key string) error { return checkAPIKey(key) }

func parseBaseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case err != nil || base.Host == "" || base.Opaque != "":
		return nil, errors.New("it is not a URL like " + DefaultBaseURL)
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, errors.New("its scheme is not https")
	case base.Scheme == "http" && !loopback.Is(base.Hostname()):
		return nil, errors.New("plain http is for loopback hosts only, since it would show the API key; use https")
	case base.User != nil:
		return nil, errors.New("it carries a user name or password")
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, errors.New("it carries a query or a fragment")
	case strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/v3"):
		return nil, errors.New("it ends in v3, which every call adds; leave that off")
	}
	return base, nil
}

func checkAPIKey(key string) error {
	if key == "" {
		return errors.New("it is empty")
	}
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("it contains a space, a line break or another character that no key has")
	}
	return nil
}
