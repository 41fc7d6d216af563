package linq

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linqbot/linq/handle"
)

// Error is a refusal: Linq, or something in front of it, answered with a status other than 2xx, or with 2xx and a
// body that says that the call failed. The HTTP status decides what it means, then the code, because the body may be
// missing.
//
// Its text carries no one's number and no secret. Message does, at times: pass it through [handle.MaskText].
type Error struct {
	Op         string        // what was tried: "remove participant"
	HTTPStatus int           // as answered; that of the error inside, if a 2xx holds one; a redirect, which is never followed, keeps its 3xx
	Code       int           // error.code, see [LookUp]; 0 if the answer has none
	Message    string        // error.message as Linq wrote it, at most 1 KiB
	DocURL     string        // page about the code at Linq, https; "" if there is none
	RetryAfter time.Duration // the wait that Linq asks for, uncapped by any policy; 0 if it names none
	TraceID    string        // what Linq's support asks for; "" if the answer has none
}

func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "linq: %s: HTTP %d", e.Op, e.HTTPStatus)
	if e.Code != 0 {
		fmt.Fprintf(&text, ", code %d", e.Code)
	}
	if e.TraceID != "" {
		fmt.Fprintf(&text, ", trace id %s", e.TraceID)
	}
	return text.String()
}

// Retriable reports whether the same call may succeed later. That holds for 408, 429, 5xx, answers that are not
// Linq's own, and two conflicts that pass by themselves: 2009 (the chat is being created) and 2015 (read the chat
// first). An unknown code is judged by its HTTP status.
func (e *Error) Retriable() bool {
	if e.Conflict() {
		return e.Code == CodeChatBeingCreated || e.StateConflict()
	}
	return e.Struggling() || e.NotLinqs()
}

// MayHaveActed reports whether Linq may have acted on the call all the same. That is so if Linq gave up on the call
// instead of refusing it, or says only that it failed.
func (e *Error) MayHaveActed() bool {
	return e.TimedOut() || e.HTTPStatus >= http.StatusInternalServerError || isSuccess(e.HTTPStatus)
}

// NotLinqs reports whether something between us and Linq has answered, such as a proxy: with a status like 403, 404 or
// 407, and with neither a code nor a trace id. Linq's own answers have both.
func (e *Error) NotLinqs() bool {
	if e.HTTPStatus < http.StatusBadRequest || e.HTTPStatus >= http.StatusInternalServerError || e.Code != 0 || e.TraceID != "" {
		return false
	}
	switch e.HTTPStatus {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusConflict,
		http.StatusUnprocessableEntity, http.StatusTooManyRequests: // a meaning by themselves
		return false
	default:
		return true
	}
}

// Struggling reports whether Linq cannot keep up. The conflicts that are retriable do not count: they
// are about one chat.
func (e *Error) Struggling() bool { return e.Limited() || e.MayHaveActed() }

// Limited reports whether Linq takes no more calls for the moment.
func (e *Error) Limited() bool { return e.HTTPStatus == http.StatusTooManyRequests }

// TimedOut reports whether Linq gave up waiting.
func (e *Error) TimedOut() bool { return e.HTTPStatus == http.StatusRequestTimeout }

// Unauthorized reports whether the API key is not accepted.
func (e *Error) Unauthorized() bool { return e.HTTPStatus == http.StatusUnauthorized }

// Forbidden reports whether the API key does not give access to what was asked for.
func (e *Error) Forbidden() bool { return e.HTTPStatus == http.StatusForbidden }

// NotFound reports whether the answer was 404. That may come from a proxy: see [Error.NoSuchChat].
func (e *Error) NotFound() bool { return e.HTTPStatus == http.StatusNotFound }

// NoSuchChat reports whether Linq says in its own words that the chat does not exist.
func (e *Error) NoSuchChat() bool { return e.NotFound() && e.Code == CodeChatNotFound }

// Conflict reports whether the call conflicts with the present state of the chat.
func (e *Error) Conflict() bool { return e.HTTPStatus == http.StatusConflict }

// StateConflict reports whether the call conflicts with who is in the chat: look there before the
// same call is made again.
func (e *Error) StateConflict() bool { return e.Conflict() && e.Code == CodeStateConflict }

// Redirected reports whether the answer leads elsewhere. Linq itself never does that.
func (e *Error) Redirected() bool {
	return e.HTTPStatus >= http.StatusMultipleChoices && e.HTTPStatus < http.StatusBadRequest
}

// NoAnswerError says that no answer came: no connection, a broken one, or not in time.
type NoAnswerError struct {
	Op string

	// MaybeSent is false only if it is certain that no byte of the request left: no connection was
	// got. Otherwise Linq may have acted on it.
	MaybeSent bool

	Err error // the cause, without the URL
}

func (e *NoAnswerError) Error() string {
	sent := "nothing was sent"
	if e.MaybeSent {
		sent = "the request may have arrived"
	}
	cause := e.Err.Error()
	// The network's own errors name addresses and nothing else. Others may quote the peer.
	if network := net.Error(nil); !errors.As(e.Err, &network) {
		cause = handle.MaskText(cause)
	}
	return fmt.Sprintf("linq: %s: no answer (%s): %s", e.Op, sent, cause)
}

// Unwrap returns the cause, so that errors.Is finds a context's end.
func (e *NoAnswerError) Unwrap() error { return e.Err }

// UnreadableError says that Linq answered a read with 2xx, but with nothing that can be relied on.
type UnreadableError struct {
	Op         string
	HTTPStatus int
	Reason     string // what is wrong with the answer, as the end of a sentence: "it is not JSON"
	TraceID    string
}

func (e *UnreadableError) Error() string {
	text := fmt.Sprintf("linq: %s: HTTP %d, unreadable answer: %s", e.Op, e.HTTPStatus, e.Reason)
	if e.TraceID != "" {
		text += ", trace id " + e.TraceID
	}
	return text
}

// isNotFound reports whether err is an [Error] with 404.
func isNotFound(err error) bool {
	refusal, ok := errors.AsType[*Error](err)
	return ok && refusal.NotFound()
}

// IsNoSuchChat reports whether err is an [Error] by which Linq says that the chat does not exist.
func IsNoSuchChat(err error) bool {
	refusal, ok := errors.AsType[*Error](err)
	return ok && refusal.NoSuchChat()
}

// TraceID returns the trace id in err, or "".
func TraceID(err error) string {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal.TraceID
	}
	if unreadable, ok := errors.AsType[*UnreadableError](err); ok {
		return unreadable.TraceID
	}
	return ""
}

// withoutURL takes the URLs off an error of net/http.
func withoutURL(err error) error {
	for {
		wrapper, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = wrapper.Err
	}
}
