package webapi

import (
	"errors"
	"maps"
	"net/http"
)

// Reply is a JSON object, such as the body of a successful answer without its "ok".
type Reply map[string]any

// apiError is a failure as Slack tells it: {"ok":false,"error":code} and sometimes more.
type apiError struct {
	code   string
	detail Reply
}

func (e apiError) Error() string { return "slacktest: " + e.code }

// Failure is an error with one of Slack's codes.
func Failure(code string) error { return apiError{code: code} }

// failureWith adds the messages by which Slack explains some failures.
func failureWith(code string, messages []string) error {
	return apiError{code: code, detail: Reply{"response_metadata": Reply{"messages": messages}}}
}

// Answer is what goes back over HTTP.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Code   string // the error code, for the journal
	Drop   bool   // the connection is closed instead
}

// answerTo makes Slack's envelope of a method's result: HTTP 200 whether it worked or not.
func answerTo(body Reply, err error) Answer {
	if err != nil {
		return ErrorAnswer(http.StatusOK, err)
	}
	envelope := Reply{"ok": true}
	maps.Copy(envelope, body)
	return JSONAnswer(http.StatusOK, envelope)
}

// ErrorAnswer is Slack's envelope of a failure.
func ErrorAnswer(status int, err error) Answer {
	var known apiError
	if !errors.As(err, &known) {
		known = apiError{code: "internal_error"}
	}
	envelope := Reply{"ok": false, "error": known.code}
	maps.Copy(envelope, known.detail)
	a := JSONAnswer(status, envelope)
	a.Code = known.code
	return a
}

// JSONAnswer is an answer with a JSON body.
func JSONAnswer(status int, body any) Answer {
	return Answer{
		Status: status,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body:   mustJSON(body),
	}
}

// Write sends the answer.
func (a Answer) Write(w http.ResponseWriter) {
	if a.Drop {
		panic(http.ErrAbortHandler) // how net/http closes a connection without an answer
	}
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // a client that went away is its own affair
}
