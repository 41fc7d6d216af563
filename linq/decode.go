package linq

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// decodeJSON fills in what it can: a value of an unexpected type is left out, and only a body that
// is no JSON object is an error.
func decodeJSON(body []byte, into any) error {
	err := json.Unmarshal(bytes.TrimPrefix(body, []byte(byteOrderMark)), into)
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mistyped.Field != "" {
		return nil
	}
	if err != nil {
		return errNotJSON
	}
	return nil
}

// byteOrderMark stands before the text of some gateways, though JSON has none (RFC 8259, 8.1).
const byteOrderMark = "\ufeff"

// moment is a timestamp that is left out, as the zero time, if it is not one.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(text []byte) error {
	const shortest = len(`"2006-01-02T15:04:05Z"`)
	if len(text) < shortest || text[0] != '"' { // mostly null, for which an error would be made at length
		return nil
	}
	// Package time reads its own layout, without the quotes, several times faster than another.
	if parsed, err := time.Parse(time.RFC3339, string(text[1:len(text)-1])); err == nil {
		m.Time = parsed.UTC()
	}
	return nil
}

// number is a number that may be written as a string; it is left out, as 0, if it is neither.
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	parsed, err := strconv.ParseFloat(strings.Trim(string(text), `"`), 64)
	if err == nil {
		*n = number(parsed)
	}
	return nil
}

// answered is a yes or no that may be missing; one that is neither counts as missing.
type answered int

const (
	saysNothing answered = iota
	saysNo
	saysYes
)

func (a *answered) UnmarshalJSON(text []byte) error {
	switch strings.Trim(string(text), `"`) {
	case "true":
		*a = saysYes
	case "false":
		*a = saysNo
	}
	return nil
}

// cursor is a text that may be written as a number, since Linq's cursors look like offsets.
type cursor string

func (c *cursor) UnmarshalJSON(text []byte) error {
	var word string
	switch {
	case json.Unmarshal(text, &word) == nil:
		*c = cursor(word)
	case text[0] == '-' || '0' <= text[0] && text[0] <= '9':
		*c = cursor(text)
	}
	return nil
}

// envelope is the part of a body that errors and acceptances share.
type envelope struct {
	Status  string      `json:"status"`
	Message string      `json:"message"`
	TraceID string      `json:"trace_id"`
	Error   errorDetail `json:"error"`
}

// noSuccess reports whether a 2xx answer says that the call failed, and which status the error in it has. That is
// its own status, otherwise that of its code, otherwise that of the answer.
func noSuccess(httpStatus int, body []byte) (status int, no bool) {
	var e struct {
		Success answered        `json:"success"` // documented of errors alone
		Error   json.RawMessage `json:"error"`
	}
	if !bytes.Contains(body, []byte("success")) || decodeJSON(body, &e) != nil || e.Success != saysNo {
		return 0, false
	}
	var detail struct {
		Status number `json:"status"`
		Code   number `json:"code"`
	}
	_ = decodeJSON(e.Error, &detail) // the answer's own status is left
	if given := int(detail.Status); given >= http.StatusBadRequest && given < 600 {
		return given, true
	}
	if entry, _ := LookUp(errorCode(detail.Code)); entry.HTTPStatus != 0 {
		return entry.HTTPStatus, true
	}
	return httpStatus, true
}

// errorDetail is the error of an [envelope], which something in front of Linq may send as a string.
type errorDetail struct {
	Code       number `json:"code"`
	Message    string `json:"message"`
	DocURL     string `json:"doc_url"`
	RetryAfter number `json:"retry_after"`
}

func (d *errorDetail) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &d.Message)
	}
	type plain errorDetail
	_ = decodeJSON(text, (*plain)(d)) // whatever else it is, the HTTP status says enough
	return nil
}

func decodeError(op string, status int, header http.Header, body []byte) *Error {
	var e envelope
	if decodeJSON(body, &e) != nil {
		e = envelope{}
	}
	code := errorCode(e.Error.Code)
	return &Error{
		Op:         op,
		HTTPStatus: status,
		Code:       code,
		Message:    cut(e.Error.Message),
		DocURL:     docURL(e.Error.DocURL, code),
		RetryAfter: max(parseRetryAfter(header.Get("Retry-After"), time.Now()), seconds(float64(e.Error.RetryAfter))),
		TraceID:    firstTraceID(e.TraceID, header.Get(traceHeader)),
	}
}

const traceHeader = "X-Trace-ID"

// traceIDOf takes the trace id from the body, else from the header.
func traceIDOf(body []byte, header http.Header) string {
	var e struct {
		TraceID string `json:"trace_id"`
	}
	if bytes.Contains(body, []byte("trace_id")) { // a large chat, which has none, is not to be decoded twice
		_ = decodeJSON(body, &e)
	}
	return firstTraceID(e.TraceID, header.Get(traceHeader))
}

// firstTraceID returns the first candidate that looks like a trace id. Trace ids are printed, so
// nothing else may pass for one: no phone number, which has no letter, and no text.
func firstTraceID(candidates ...string) string {
	const (
		longest = 64
		letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	)
	for _, id := range candidates {
		if len(id) <= longest && strings.ContainsAny(id, letters) && strings.Trim(id, letters+"0123456789-_") == "" {
			return id
		}
	}
	return ""
}

// errorCode returns a code, 0 if it is not Linq's. Linq's codes have four digits. A shorter one repeats the HTTP
// status, or comes from something else, as in {"error":{"code":404}}.
func errorCode(n number) int {
	const lowest, highest = 1000, 99_999
	if n < lowest || n > highest || n != number(int(n)) {
		return 0
	}
	return int(n)
}

func cut(message string) string {
	const longest = 1 << 10
	if len(message) <= longest {
		return message
	}
	end := longest
	for !utf8.RuneStart(message[end]) {
		end--
	}
	return message[:end]
}

// docURL keeps an address of Linq's own pages, without what could carry data, and else makes the
// address of the code's page.
//
// Source of the pattern: https://docs.linqapp.com/error/
func docURL(given string, code int) string {
	page, err := url.Parse(given)
	if err == nil && page.Scheme == "https" && page.User == nil && isLinq(strings.ToLower(page.Host)) {
		page.RawQuery, page.ForceQuery, page.Fragment, page.RawFragment = "", false, "", ""
		return page.String()
	}
	const lowest, highest = 1000, 9999
	if code < lowest || code > highest {
		return ""
	}
	text := strconv.Itoa(code)
	return "https://docs.linqapp.com/error/codes/" + text[:1] + "xxx/" + text + "/"
}

// isLinq reports whether a host in small letters is Linq's. [url.Parse] takes hosts that no name can be, such as one with
// a "<", which would end a link in Slack.
func isLinq(host string) bool {
	const inNames = "abcdefghijklmnopqrstuvwxyz0123456789-."
	return strings.Trim(host, inNames) == "" && (host == "linqapp.com" || strings.HasSuffix(host, ".linqapp.com"))
}

// parseRetryAfter reads the header in both its forms, seconds and an HTTP date (RFC 9110, 10.2.3).
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if count, err := strconv.ParseFloat(value, 64); err == nil {
		return seconds(count)
	}
	if at, err := http.ParseTime(value); err == nil {
		return seconds(at.Sub(now).Seconds())
	}
	return 0
}

// seconds returns a wait that is not negative and not longer than a day.
func seconds(count float64) time.Duration {
	const longest = 24 * time.Hour
	if !(count > 0) { // NaN is not
		return 0
	}
	if count > longest.Seconds() {
		return longest
	}
	return time.Duration(count * float64(time.Second))
}
