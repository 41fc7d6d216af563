package bot

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/slack-go/slack"
)

// What Slack's answer to a post means for the next step.
type (
	// laterError: certainly not posted, and worth another try.
	laterError struct {
		wait time.Duration // what Slack asked for; 0 if it named nothing
		err  error
	}
	// lostError: the answer is lost; the message may stand or not.
	lostError struct{ err error }
	// barredError: the bot may not post there.
	barredError struct {
		code string
		// token says that it is the token that is not accepted, which somebody can mend.
		token bool
	}
	// goneError: the message or thread that was meant is no longer there, or can no longer be changed.
	goneError struct{ code string }
)

func (e *laterError) Error() string  { return fmt.Sprintf("not posted for now: %v", e.err) }
func (e *laterError) Unwrap() error  { return e.err }
func (e *lostError) Error() string   { return fmt.Sprintf("not known whether posted: %v", e.err) }
func (e *lostError) Unwrap() error   { return e.err }
func (e *barredError) Error() string { return "Slack does not let linqbot post: " + e.code }
func (e *goneError) Error() string   { return "the message is gone: " + e.code }

// noMessage is Slack's code for a message that somebody deleted.
const noMessage = "message_not_found"

// judge sorts what slack-go returned from a post. nil stays nil.
func judge(err error) error {
	if err == nil {
		return nil
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &laterError{wait: limited.RetryAfter, err: err}
	}
	if refusal, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return judgeCode(refusal.Err)
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		if status.Code >= http.StatusInternalServerError {
			return &lostError{err: err}
		}
		return &laterError{err: err}
	}
	err = withoutURL(err)
	if errors.Is(err, errTooLate) {
		return &laterError{err: err}
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return &laterError{err: err}
	}
	return &lostError{err: err}
}

// judgeCode sorts Slack's own error codes.
// Source: https://docs.slack.dev/reference/methods/chat.postMessage
func judgeCode(code string) error {
	switch code {
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return &laterError{err: errors.New(code)}
	case "fatal_error", "internal_error", "request_timeout", "service_unavailable":
		return &lostError{err: errors.New(code)} // «some aspect may have succeeded»
	case noMessage, "cant_update_message", "edit_window_closed", "thread_not_found":
		return &goneError{code: code}
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope":
		return &barredError{code: code, token: true}
	default:
		return &barredError{code: code}
	}
}

// judgeWebhook sorts what came back from a response_url. A refusal there means that it is spent.
func judgeWebhook(err error) error {
	if err == nil {
		return nil
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok &&
		status.Code != http.StatusTooManyRequests && status.Code < http.StatusInternalServerError {
		return &barredError{code: fmt.Sprintf("response_url answered %d", status.Code)}
	}
	return judge(err)
}

// withoutURL takes the URLs off an error of net/http: a response_url is a secret.
func withoutURL(err error) error {
	for {
		wrapper, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = wrapper.Err
	}
}

// Trouble with Slack is met with patience: another try after a second at first, each minute in the end.
const (
	soonest    = time.Second
	latest     = time.Minute
	giveUpShow = 72 * time.Hour
)

// errNoView is Slack's {"ok":false} without an error, which arrives as a success that says nothing.
var errNoView = errors.New("bot: an answer without a view")

// retryAfter is the wait that Slack asks for with a 429; 0 if it asks for none.
func retryAfter(header http.Header) time.Duration {
	const most = 10 * time.Minute
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, most)
}
