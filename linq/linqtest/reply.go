package linqtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reply is an answer before it is written.
type reply struct {
	status int
	header http.Header
	body   any // a string is written as it is, anything else as JSON
}

func ok(status int, body any) reply { return reply{status: status, header: http.Header{}, body: body} }

func plain(status int, text string) reply {
	return reply{status: status, header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, body: text}
}

// failure is the documented envelope of an error.
type failure struct {
	Success bool          `json:"success"`
	Error   failureDetail `json:"error"`
	TraceID string        `json:"trace_id"`
}

type failureDetail struct {
	Status     int    `json:"status"`
	Code       int    `json:"code"`
	Message    string `json:"message"`
	DocURL     string `json:"doc_url"`
	RetryAfter int64  `json:"retry_after,omitempty"`
}

func refuse(status, code int, message, traceID string) reply {
	digits := strconv.Itoa(code)
	return ok(status, failure{
		Error: failureDetail{
			Status:  status,
			Code:    code,
			Message: message,
			DocURL:  "https://docs.linqapp.com/error/codes/" + digits[:1] + "xxx/" + digits + "/",
		},
		TraceID: traceID,
	})
}

func (a reply) retryAfter(d time.Duration) reply {
	if f, ok := a.body.(failure); ok {
		f.Error.RetryAfter = int64((d + time.Second - 1) / time.Second)
		a.body = f
	}
	a.header.Set("Retry-After", wholeSeconds(d))
	return a
}

func (a reply) raw(body string) reply {
	kind := "application/json"
	if strings.HasPrefix(body, "<") {
		kind = "text/html; charset=utf-8"
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("Content-Type", kind)
	a.body = body
	return a
}

func (a reply) write(w http.ResponseWriter, traceID string) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	if traceID != "" {
		header.Set("X-Trace-ID", traceID)
	}
	maps.Copy(header, a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.bytes()) //nolint:gosec // JSON or plain text for tests
}

func (a reply) bytes() []byte {
	switch body := a.body.(type) {
	case nil:
		return nil
	case string:
		return []byte(body)
	default:
		encoded, _ := json.Marshal(body) // the documented shapes, which can be encoded
		return append(encoded, '\n')
	}
}
