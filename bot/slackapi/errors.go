package slackapi

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
	// RetryLaterError is certainly not posted, and worth another try.
	RetryLaterError struct {
		Wait time.Duration // what Slack asked for; 0 if it named nothing
		Err  error
	}
	// LostAnswerError is a lost answer: the message may stand or not.
	LostAnswerError struct{ err error }
	// BarredError is a place where the bot may not post.
	BarredError struct {
		Code string
		// Token says that it is the token that is not accepted, which somebody can mend.
		Token bool
	}
	// GoneError is a message or thread that is no longer there, or can no longer be changed.
	GoneError struct{ Code string }
)

func (e *RetryLaterError) Error() string { return fmt.Sprintf("not posted for now: %v", e.Err) }
func (e *RetryLaterError) Unwrap() error { return e.Err }
func (e *LostAnswerError) Error() string { return fmt.Sprintf("not known whether posted: %v", e.err) }
func (e *LostAnswerError) Unwrap() error { return e.err }
func (e *BarredError) Error() string     { return "Slack does not let linqbot post: " + e.Code }
func (e *GoneError) Error() string       { return "the message is gone: " + e.Code }

// NoMessage is Slack's code for a message that somebody deleted.
const NoMessage = "message_not_found"

// Judge sorts what slack-go returned from a post. nil stays nil.
func Judge(err error) error {
	if err == nil {
		return nil
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &RetryLaterError{Wait: limited.RetryAfter, Err: err}
	}
	if refusal, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return judgeCode(refusal.Err)
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		if status.Code >= http.StatusInternalServerError {
			return &LostAnswerError{err: err}
		}
		return &RetryLaterError{Err: err}
	}
	err = WithoutURL(err)
	if errors.Is(err, ErrTooLate) {
		return &RetryLaterError{Err: err}
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return &RetryLaterError{Err: err}
	}
	return &LostAnswerError{err: err}
}

// judgeCode sorts Slack's own error codes.
// Source: https://docs.slack.dev/reference/methods/chat.postMessage
func judgeCode(code string) error {
	switch code {
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return &RetryLaterError{Err: errors.New(code)}
	case "fatal_error", "internal_error", "request_timeout", "service_unavailable":
		return &LostAnswerError{err: errors.New(code)} // «some aspect may have succeeded»
	case NoMessage, "cant_update_message", "edit_window_closed", "thread_not_found":
		return &GoneError{Code: code}
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope":
		return &BarredError{Code: code, Token: true}
	default:
		return &BarredError{Code: code}
	}
}

// JudgeResponse sorts what came back from a response_url. A refusal there means that it is spent.
func JudgeResponse(err error) error {
	if err == nil {
		return nil
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok &&
		status.Code != http.StatusTooManyRequests && status.Code < http.StatusInternalServerError {
		return &BarredError{Code: fmt.Sprintf("response_url answered %d", status.Code)}
	}
	return Judge(err)
}

// WithoutURL takes the URLs off an error of net/http: a response_url is a secret.
func WithoutURL(err error) error {
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
	FirstRetry   = time.Second
	LongestRetry = time.Minute
	GiveUpAfter  = 72 * time.Hour
)

// ErrNoView is Slack's {"ok":false} without an error, which arrives as a success that says nothing.
var ErrNoView = errors.New("bot: an answer without a view")

// retryAfter is the wait that Slack asks for with a 429; 0 if it asks for none.
func retryAfter(header http.Header) time.Duration {
	const most = 10 * time.Minute
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, most)
}
