package linq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Limits on the size of an answer's body, after decompression.
const (
	maxBody     = 1 << 20 // bytes
	maxChatPage = 8 << 20 // bytes, of up to 100 chats

	// maxParts is how many objects a body may have: an empty one takes two bytes there, and a hundred
	// times as much when it is decoded.
	maxParts = 50_000
)

// request is one call of the API.
type request struct {
	op     string
	method string
	path   []string // segments below the base; none needs escaping
	query  url.Values
	body   any   // sent as JSON; optional
	limit  int64 // bytes of the answer's body that are read
}

// answer is a 2xx answer.
type answer struct {
	status  int
	body    []byte
	bodyErr error // why body is not all of it
	traceID string
}

// do makes the call, and tells of it. Its error is an [*Error] or a [*NoAnswerError].
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	began := time.Now()
	got, err := c.exchange(ctx, r)
	if c.observe != nil {
		c.observe(callOf(r.op, got, err, time.Since(began)))
	}
	return got, err
}

func (c *Client) exchange(ctx context.Context, r request) (answer, error) {
	httpRequest, err := c.newRequest(ctx, r)
	if err != nil {
		return answer{}, fmt.Errorf("linq: %s: %w", r.op, withoutURL(err))
	}
	if err := ctx.Err(); err != nil {
		return answer{}, &NoAnswerError{Op: r.op, Err: err}
	}
	var sent sending
	response, err := c.http.Do(httpRequest.WithContext(sent.watch(ctx)))
	if err != nil {
		_, unsent := errors.AsType[tooLateError](err)
		return answer{}, &NoAnswerError{Op: r.op, MaybeSent: !unsent && sent.maybeSent(), Err: c.secrets.Error(withoutURL(err))}
	}
	defer func() { _ = response.Body.Close() }()

	body, bodyErr := readBody(response, r.limit)
	body = c.secrets.Bytes(body)
	c.secrets.Response(response)
	if !isSuccess(response.StatusCode) {
		return answer{}, decodeError(r.op, response.StatusCode, response.Header, body)
	}
	if status, no := noSuccess(response.StatusCode, body); no {
		return answer{}, decodeError(r.op, status, response.Header, body)
	}
	return answer{
		status:  response.StatusCode,
		body:    body,
		bodyErr: bodyErr,
		traceID: traceIDOf(body, response.Header),
	}, nil
}

func isSuccess(status int) bool { return status >= 200 && status <= 299 }

func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		encoded, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	address := c.base.JoinPath(r.path...)
	address.RawQuery = r.query.Encode()
	httpRequest, err := http.NewRequestWithContext(ctx, r.method, address.String(), body)
	if err != nil {
		return nil, err
	}
	c.sign(httpRequest.Header)
	httpRequest.Header.Set("Accept", "application/json")
	if body != nil {
		httpRequest.Header.Set("Content-Type", "application/json")
	}
	return httpRequest, nil
}

// readBody reads at most limit bytes, and a little more to let the connection be used again.
func readBody(response *http.Response, limit int64) ([]byte, error) {
	if response.StatusCode == http.StatusSwitchingProtocols {
		return nil, nil // the body is the bare connection, which may never end
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit))
	if err != nil {
		return body, errBrokenOff
	}
	const drained = 16 << 10
	rest, err := io.CopyN(io.Discard, response.Body, drained)
	if rest > 0 {
		return body, errTooLarge
	}
	if !errors.Is(err, io.EOF) {
		return body, errBrokenOff
	}
	if bytes.Count(body, []byte("{")) > maxParts || bytes.Count(body, []byte("[")) > maxParts {
		return nil, errTooLarge
	}
	return body, nil
}

// unreadable is why the answer to a read cannot be relied on.
type unreadable string

func (u unreadable) Error() string { return string(u) }

const (
	errBrokenOff unreadable = "it broke off"
	errTooLarge  unreadable = "it is too large"
	errNotJSON   unreadable = "it is not JSON"
	errOtherChat unreadable = "it is not about the chat that was asked for"
	errNoHandles unreadable = "it lists no one"
	errNoChats   unreadable = "it has no list of chats"
	errNoLines   unreadable = "it has no list of phone numbers"
)

// read makes the call and decodes its answer into what decode fills in.
func (c *Client) read(ctx context.Context, r request, decode func(body []byte) error) error {
	got, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	if err = got.bodyErr; err == nil {
		err = decode(got.body)
	} else if ended := ctx.Err(); ended != nil {
		return &NoAnswerError{Op: r.op, MaybeSent: true, Err: ended}
	}
	if err != nil {
		return &UnreadableError{Op: r.op, HTTPStatus: got.status, Reason: err.Error(), TraceID: got.traceID}
	}
	return nil
}

// Call is what [Config.Observe] is told of a call. It holds nothing of what was asked or answered.
type Call struct {
	Op         string        // what was tried: "remove participant"
	HTTPStatus int           // 0 if no answer came
	Code       int           // error.code of a refusal if it is a documented one, see [LookUp]; 0 otherwise
	Took       time.Duration // until the answer was read, or none was waited for any more
}

// Unauthorized reports whether the API key was not accepted.
func (c Call) Unauthorized() bool { return (&Error{HTTPStatus: c.HTTPStatus}).Unauthorized() }

func callOf(op string, got answer, err error, took time.Duration) Call {
	call := Call{Op: op, HTTPStatus: got.status, Took: took}
	if refusal, ok := errors.AsType[*Error](err); ok {
		call.HTTPStatus = refusal.HTTPStatus
		if _, documented := LookUp(refusal.Code); documented {
			call.Code = refusal.Code
		}
	}
	return call
}
