package slackapi

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"
)

// What Slack's answer to a post means for the next step.
type (
	// RetryLaterError is certainly not posted, and worth another try.
	RetryLaterError struct {
		Wait time.Duration // what Slack asked for; 0 if it named nothing
		Err  error
		// Silent says that Slack itself has not answered: something else did, or nothing.
		Silent bool
		// Eventually is what the error counts as once it has lasted for [UnknownPasses]. Optional.
		Eventually *BarredError
	}
	// LostAnswerError is a lost answer: the message may stand or not.
	LostAnswerError struct{ err error }
	// BarredError is a place where the bot may not post.
	BarredError struct {
		Code string
		// Token says that it is the token that is not accepted, which somebody can mend.
		Token bool
	}
	// MalformedError is a message that Slack does not take as it is.
	MalformedError struct{ Code string }
	// GoneError is a message or thread that is no longer there, or can no longer be changed.
	GoneError struct{ Code string }
)

func (e *RetryLaterError) Error() string { return fmt.Sprintf("not posted for now: %v", e.Err) }
func (e *RetryLaterError) Unwrap() error { return e.Err }
func (e *LostAnswerError) Error() string { return fmt.Sprintf("not known whether posted: %v", e.err) }
func (e *LostAnswerError) Unwrap() error { return e.err }
func (e *BarredError) Error() string     { return "Slack does not let linqbot post: " + e.Code }
func (e *MalformedError) Error() string  { return "Slack does not take the message as it is: " + e.Code }
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
		return &RetryLaterError{Err: err, Silent: true}
	}
	err = WithoutURL(err)
	if errors.Is(err, errTooLate) {
		return &RetryLaterError{Err: err, Silent: true}
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return &RetryLaterError{Err: err, Silent: true}
	}
	return &LostAnswerError{err: err}
}

// IsSilence reports whether an error of [Judge] is trouble that Slack does not explain: it did not answer, or said only
// that it has trouble.
func IsSilence(err error) bool {
	_, lost := errors.AsType[*LostAnswerError](err)
	later, ok := errors.AsType[*RetryLaterError](err)
	return lost || ok && later.Silent
}

// JudgeCall is [Judge] for a call that sends no message.
func JudgeCall(err error) error {
	err = Judge(err)
	if malformed, ok := errors.AsType[*MalformedError](err); ok {
		return &BarredError{Code: malformed.Code}
	}
	return err
}

// judgeCode sorts Slack's own error codes.
func judgeCode(code string) error {
	switch ClassOf(code) {
	case passing:
		return &RetryLaterError{Err: errors.New(code)}
	case maybeDone:
		return &LostAnswerError{err: errors.New(code)}
	case Malformed:
		return &MalformedError{Code: code}
	case Missing:
		return &GoneError{Code: code}
	case tokenRefused:
		return &BarredError{Code: code, Token: true}
	case barring:
		return &BarredError{Code: code}
	default:
		return &RetryLaterError{Err: errors.New(code), Eventually: &BarredError{Code: code}}
	}
}

// JudgeResponse sorts what came back from a response_url. A refusal there means that it is spent, but for 400, which
// also is what Slack answers to a message that it does not take.
func JudgeResponse(err error) error {
	if err == nil {
		return nil
	}
	if refusal, ok := errors.AsType[slack.SlackErrorResponse](err); ok && ClassOf(refusal.Err) == Unknown { // used_url, expired_url
		return &BarredError{Code: "response_url answered " + refusal.Err}
	}
	status, ok := errors.AsType[slack.StatusCodeError](err)
	switch code := fmt.Sprintf("response_url answered %d", status.Code); {
	case !ok, status.Code == http.StatusTooManyRequests, status.Code >= http.StatusInternalServerError:
		return Judge(err)
	case status.Code == http.StatusBadRequest:
		return &MalformedError{Code: code}
	default:
		return &BarredError{Code: code}
	}
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
	// UnknownPasses is how long a code that nobody documents is taken for one that passes.
	UnknownPasses = time.Hour
)

// ErrNoView is Slack's {"ok":false} without an error, which arrives as a success that says nothing.
var ErrNoView = errors.New("bot: an answer without a view")
