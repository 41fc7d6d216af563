package slackapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"linqbot/linq/redact"
)

// Bounds of an answer of Slack's, after decompression. The largest that linqbot asks for is a page of 200 messages.
const (
	maxAnswer = 8 << 20 // bytes
	// maxParts is how many objects or lists an answer may have. An empty object takes three bytes, and a thousand
	// when it is decoded into a message.
	maxParts = 100_000
)

// byteOrderMark stands before the text of some gateways, though JSON has none (RFC 8259, 8.1).
const byteOrderMark = "\ufeff"

var (
	errTooLarge = errors.New("bot: an answer that is too large")
	errNotOK    = errors.New("bot: an answer that does not say whether it is ok")
)

// bounded reads each answer as a whole, up to a bound, and takes the secrets out of it before anybody sees it. What is
// wrong with a body shows when it is read: the status counts all the same.
type bounded struct {
	next    http.RoundTripper
	secrets redact.Secrets
}

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, b.secrets.Error(err)
	}
	b.secrets.Response(response)
	if response.StatusCode == http.StatusTooManyRequests {
		writeRetryAfter(response.Header, time.Now())
	}
	if response.StatusCode == http.StatusSwitchingProtocols {
		return response, nil // the body is the bare connection, which may never end
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	_ = response.Body.Close() // what counts is what was read
	if len(body) > maxAnswer || bytes.Count(body, []byte("{")) > maxParts || bytes.Count(body, []byte("[")) > maxParts {
		body, err = nil, errTooLarge
	}
	body = b.secrets.Bytes(bytes.TrimPrefix(body, []byte(byteOrderMark)))
	response.ContentLength = int64(len(body))
	response.Body = &wholeBody{Reader: bytes.NewReader(body), err: b.secrets.Error(err)}
	return response, nil
}

func (b bounded) CloseIdleConnections() {
	if closer, ok := b.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// wholeBody is a body that was read before, and ends as that ended.
type wholeBody struct {
	*bytes.Reader
	err error
}

func (b *wholeBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) && b.err != nil {
		err = b.err
	}
	return n, err
}

// WriteTo keeps [io.Copy] from missing the error.
func (b *wholeBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

func (b *wholeBody) Close() error { return nil }

// strict is what slack-go calls through. By itself that library takes {"ok":false} without an error for a success, and
// null as well.
type strict struct{ client *http.Client }

// Do makes the call. An answer of the Web API that does not say that it is ok, or why not, is an error.
func (s strict) Do(r *http.Request) (*http.Response, error) {
	response, err := s.client.Do(r) //nolint:gosec // slack-go calls the address that the operator names
	if err != nil || response.StatusCode != http.StatusOK {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close() // it has been read
	if err == nil {
		body, err = reduced(r, body)
	}
	if err != nil {
		return nil, fmt.Errorf("answer to %s: %w", r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// checkOK returns an error unless the body is one object that says that it is ok, or gives an error. It must say so
// once, since a decoder may take another spelling of a name for the same name.
func checkOK(body []byte) error {
	if !json.Valid(body) {
		return errNotOK
	}
	fields := json.NewDecoder(bytes.NewReader(body))
	if opening, err := fields.Token(); err != nil || opening != json.Delim('{') {
		return errNotOK
	}
	said, ok, failed := 0, false, false
	for fields.More() {
		name, err := fields.Token()
		if err != nil {
			return errNotOK
		}
		var value json.RawMessage
		if err := fields.Decode(&value); err != nil {
			return errNotOK
		}
		switch field, _ := name.(string); {
		case strings.EqualFold(field, "ok"):
			said++
			ok = field == "ok" && string(value) == "true"
		case field == "error":
			var code string
			failed = json.Unmarshal(value, &code) == nil && strings.TrimSpace(code) != ""
		}
	}
	if said == 1 && (ok || failed) {
		return nil
	}
	return errNotOK
}
