package slacktest

import (
	"errors"
	"maps"
	"net/http"
)

// reply is the body of a successful answer, without its "ok".
type reply map[string]any

// apiError is a failure as Slack tells it: {"ok":false,"error":code} and sometimes more.
type apiError struct {
	code   string
	detail reply
}

func (e apiError) Error() string { return "slacktest: " + e.code }

func failure(code string) error { return apiError{code: code} }

// failureWith adds the messages by which Slack explains some failures.
func failureWith(code string, messages []string) error {
	return apiError{code: code, detail: reply{"response_metadata": reply{"messages": messages}}}
}

// answer is what goes back over HTTP.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    string // the error code, for the journal
	drop   bool   // the connection is closed instead
}

// answerTo makes Slack's envelope of a method's result: HTTP 200 whether it worked or not.
func answerTo(body reply, err error) answer {
	if err != nil {
		return errorAnswer(http.StatusOK, err)
	}
	envelope := reply{"ok": true}
	maps.Copy(envelope, body)
	return jsonAnswer(http.StatusOK, envelope)
}

func errorAnswer(status int, err error) answer {
	var known apiError
	if !errors.As(err, &known) {
		known = apiError{code: "internal_error"}
	}
	envelope := reply{"ok": false, "error": known.code}
	maps.Copy(envelope, known.detail)
	a := jsonAnswer(status, envelope)
	a.err = known.code
	return a
}

func jsonAnswer(status int, body any) answer {
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		body:   mustJSON(body),
	}
}

func (a answer) write(w http.ResponseWriter) {
	if a.drop {
		panic(http.ErrAbortHandler) // how net/http closes a connection without an answer
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away is its own affair
}
