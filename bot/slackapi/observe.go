package slackapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// ObserveCalls returns the client, and has observe told of each of its calls to Slack: of the method, and
// of the error, "" for none. A nil observe is told nothing. apiURL tells the Web API from response URLs, which are secrets.
func ObserveCalls(client *http.Client, apiURL string, observe func(method, failure string)) *http.Client {
	if observe == nil {
		return client
	}
	watched := *client
	watched.Transport = watching{next: client.Transport, apiURL: apiURL, observe: observe}
	return &watched
}

type watching struct {
	next    http.RoundTripper
	apiURL  string
	observe func(method, failure string)
}

const (
	responseMethod = "response_url" // for calls to a response URL, which have no method
	otherMethod    = "other"

	failedNoAnswer   = "no_answer"
	failedUnreadable = "unreadable"
)

// RoundTrip reports a call without an answer at once, and any other after the caller has read the body, which holds
// Slack's error.
func (w watching) RoundTrip(r *http.Request) (*http.Response, error) {
	method := methodOf(r.URL, w.apiURL)
	response, err := w.next.RoundTrip(r)
	switch {
	case errors.Is(err, errTooLate): // it was not made
	case err != nil:
		w.observe(method, failedNoAnswer)
	case response.StatusCode < 200 || response.StatusCode > 299:
		w.observe(method, fmt.Sprintf("http_%d", response.StatusCode))
	case method == responseMethod: // it answers with whatever it likes
		w.observe(method, "")
	default:
		response.Body = &watchedBody{ReadCloser: response.Body, tell: func(failure string) { w.observe(method, failure) }}
	}
	return response, err
}

// methodOf returns the method of the Web API that is called. The paths are our own, so there are few.
func methodOf(u *url.URL, apiURL string) string {
	method, calls := strings.CutPrefix((&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(), apiURL)
	switch {
	case !calls:
		return responseMethod
	case !isMethod(method):
		return otherMethod
	default:
		return method
	}
}

func isMethod(text string) bool { return isMade(text, letters+".") }

// isCode recognises an error of Slack's: "channel_not_found".
func isCode(text string) bool { return isMade(text, letters+"0123456789_.") }

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

func isMade(text, of string) bool {
	const longest = 60
	return text != "" && len(text) <= longest && strings.Trim(text, of) == ""
}

// watchedBody looks at what is read of an answer, and tells what it said when that is known.
type watchedBody struct {
	io.ReadCloser
	tell  func(failure string)
	once  sync.Once
	start bytes.Buffer // of the body
}

// keptBody is enough of an answer to know how the call ended: answers that are longer are lists.
const keptBody = 4 << 10

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.start.Write(p[:min(n, keptBody-b.start.Len())])
	switch {
	case errors.Is(err, io.EOF):
		b.ended()
	case err != nil:
		b.once.Do(func() { b.tell(failedNoAnswer) })
	}
	return n, err
}

// Close tells of a body that was not read to its end: a decoder stops where its value does.
func (b *watchedBody) Close() error {
	b.ended()
	return b.ReadCloser.Close()
}

func (b *watchedBody) ended() { b.once.Do(func() { b.tell(failureIn(b.start.Bytes())) }) }

// failureIn returns the error that an answer names, "" for none. The answer may be cut off.
// Source: https://docs.slack.dev/apis/web-api/#responses
func failureIn(body []byte) string {
	fields := json.NewDecoder(bytes.NewReader(body))
	if opening, err := fields.Token(); err != nil || opening != json.Delim('{') {
		return failedUnreadable
	}
	failure := failedUnreadable // until an answer says that all is well
	for fields.More() {
		name, err := fields.Token()
		if err != nil {
			return failure
		}
		var value json.RawMessage
		if fields.Decode(&value) != nil {
			return failure
		}
		switch {
		case name == "ok" && string(value) == "true":
			return ""
		case name == "error":
			var code string
			if json.Unmarshal(value, &code) == nil && isCode(code) {
				failure = code
			}
		}
	}
	return failure
}
