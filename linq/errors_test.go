package linq_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
)

// refused returns the error of a call that is answered like this.
func refused(t *testing.T, status int, header http.Header, body string) *linq.Error {
	t.Helper()
	client := newClient(t, linq.DefaultBaseURL, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: header.Clone(), Body: io.NopCloser(strings.NewReader(body))}, nil
	})})
	_, err := client.RemoveParticipant(t.Context(), chatID(t, testChat), handle.New("+12025550143"))
	var refusal *linq.Error
	assert.Assert(t, errors.As(err, &refusal), "%d %q gave %T: %v", status, body, err, err)
	return refusal
}

func TestEveryStatusIsJudged(t *testing.T) {
	t.Parallel()
	for status := 100; status <= 599; status++ {
		if status >= 200 && status <= 299 {
			continue
		}
		for _, body := range []string{"", "<html>oops</html>", `{"error":{"code":9999}}`} {
			got := refused(t, status, http.Header{}, body)
			assert.Equal(t, got.HTTPStatus, status)
			assert.Equal(t, got.Retriable(), status == 408 || status == 429 || status >= 500 || got.NotLinqs(), "status %d", status)
			hasMeaning := slices.Contains([]int{400, 401, 408, 409, 422, 429}, status)
			assert.Equal(t, got.NotLinqs(), status >= 400 && status < 500 && !hasMeaning && got.Code == 0, "status %d", status)
			assert.Equal(t, linq.Retriable(fmt.Errorf("wrapped: %w", got)), got.Retriable())
			assert.Equal(t, linq.IsNotFound(fmt.Errorf("wrapped: %w", got)), status == 404)
		}
	}
}

// A proxy's page is nobody's word on the chat. Linq's has a code or a trace id.
func TestWhoseWordARefusalIs(t *testing.T) {
	t.Parallel()
	trace := http.Header{"X-Trace-Id": {"req_0af7651916cd43dd"}}
	for name, test := range map[string]struct {
		status int
		header http.Header
		body   string
		want   bool
	}{
		"a page, 404":             {404, nil, "<html>", true},
		"a page, 403":             {403, nil, "<html>", true},
		"a page, 407":             {407, nil, "<html>", true},
		"a page, 451":             {451, nil, "<html>", true},
		"JSON of another's":       {404, nil, `{"error":"not found"}`, true},
		"a list":                  {404, nil, `[{"error":{"code":2001}}]`, true},
		"the status as a code":    {404, nil, `{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}`, true},
		"a code of gRPC":          {403, nil, `{"error":{"code":7,"message":"permission denied"}}`, true},
		"a code elsewhere":        {403, nil, `{"success":false,"errors":[{"code":7003}]}`, true},
		"with a trace id, 404":    {404, trace, "<html>", false},
		"with a code, 403":        {403, nil, `{"error":{"code":2005}}`, false},
		"with a trace id in JSON": {403, nil, `{"trace_id":"req_0af7651916cd43dd"}`, false},
		"another status":          {400, nil, "<html>", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := refused(t, test.status, test.header, test.body)
			assert.Equal(t, got.NotLinqs(), test.want)
			assert.Equal(t, got.Retriable(), test.want)
			assert.Assert(t, !got.MayHaveActed() && !got.NoSuchChat())
		})
	}
}

// A 2xx that says that it is no success is the refusal that it holds.
func TestSuccessThatIsNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body         string
		status, code int
		retriable    bool
	}{
		"status and code":         {`{"success":false,"error":{"status":409,"code":2013}}`, 409, 2013, false},
		"after a byte order mark": {"\ufeff" + `{"success":false,"error":{"status":404,"code":2001}}`, 404, 2001, false},
		"a code alone":            {`{"success":false,"error":{"code":1007}}`, 429, 1007, true},
		"a code that is unknown":  {`{"success":false,"error":{"code":1015}}`, 200, 1015, true},
		"a status alone":          {`{"success":false,"error":{"status":503}}`, 503, 0, true},
		"a status of no error":    {`{"success":false,"error":{"status":202}}`, 200, 0, true},
		"a text":                  {`{"success":false,"error":"no"}`, 200, 0, true},
		"nothing":                 {`{"success":false}`, 200, 0, true},
		"no, as a text":           {`{"success":"false","error":{"status":409,"code":2013}}`, 409, 2013, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := refused(t, http.StatusOK, http.Header{"X-Trace-Id": {"trace"}}, test.body)
			assert.Equal(t, got.HTTPStatus, test.status)
			assert.Equal(t, got.Code, test.code)
			assert.Equal(t, got.Retriable(), test.retriable)
			assert.Equal(t, got.TraceID, "trace")
		})
	}
}

func TestConflictsAreJudgedByTheirCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]bool{0: false, 1006: false, 2009: true, 2013: false, 2015: true, 2017: false, 9999: false} {
		got := refused(t, http.StatusConflict, http.Header{}, fmt.Sprintf(`{"error":{"code":%d}}`, code))
		assert.Equal(t, got.Code, code)
		assert.Equal(t, got.Retriable(), want, "code %d", code)
	}
	assert.Assert(t, !refused(t, http.StatusBadRequest, http.Header{}, `{"error":{"code":2015}}`).Retriable(), "the status comes first")
}

func TestErrorBodies(t *testing.T) {
	t.Parallel()
	const (
		trace  = "0af7651916cd43dd8448eb211c80319c"
		other  = "4bf92f3577b34da6a3ce929d0e0e4736"
		doc    = "https://docs.linqapp.com/error/codes/2xxx/2013/"
		newDoc = "https://docs.linqapp.com/channel/imessage/error/codes/2xxx/2013/"
	)
	inHeader := http.Header{"X-Trace-Id": {other}}
	for name, test := range map[string]struct {
		header http.Header
		body   string
		want   linq.Error
	}{
		"documented in full": {
			inHeader, `{"success":false,"error":{"status":409,"code":2013,"message":"This chat is unavailable","doc_url":"` + newDoc + `"},"trace_id":"` + trace + `"}`,
			linq.Error{Code: 2013, Message: "This chat is unavailable", DocURL: newDoc, TraceID: trace},
		},
		"success, doc_url and trace_id missing": {
			inHeader, `{"error":{"status":409,"code":2013,"message":"This chat is unavailable"}}`,
			linq.Error{Code: 2013, Message: "This chat is unavailable", DocURL: doc, TraceID: other},
		},
		"numbers as strings": {nil, `{"error":{"code":"2013","retry_after":"7"}}`, linq.Error{Code: 2013, DocURL: doc, RetryAfter: 7 * time.Second}},
		"code as a float":    {nil, `{"error":{"code":2013.0}}`, linq.Error{Code: 2013, DocURL: doc}},
		"code with a rest":   {nil, `{"error":{"code":2013.5}}`, linq.Error{}},
		"code negative":      {nil, `{"error":{"code":-2013}}`, linq.Error{}},
		"code enormous":      {nil, `{"error":{"code":1e300}}`, linq.Error{}},
		"code of five":       {nil, `{"error":{"code":12345}}`, linq.Error{Code: 12345}},
		"code unknown":       {nil, `{"error":{"code":1015}}`, linq.Error{Code: 1015, DocURL: "https://docs.linqapp.com/error/codes/1xxx/1015/"}},
		"error as a string":  {inHeader, `{"error":"nope"}`, linq.Error{Message: "nope", TraceID: other}},
		"error as a number":  {nil, `{"error":7}`, linq.Error{}},
		"error as a list":    {nil, `{"error":[{"code":2013}]}`, linq.Error{}},
		"error null":         {nil, `{"error":null,"trace_id":"` + trace + `"}`, linq.Error{TraceID: trace}},
		"fields null":        {nil, `{"error":{"code":null,"message":null,"doc_url":null,"retry_after":null},"trace_id":null}`, linq.Error{}},
		"fields mistyped":    {nil, `{"error":{"code":[],"message":5,"doc_url":{},"retry_after":true},"trace_id":8}`, linq.Error{}},
		"one field mistyped": {nil, `{"error":{"message":5,"code":2013},"trace_id":"` + trace + `"}`, linq.Error{Code: 2013, DocURL: doc, TraceID: trace}},
		"unknown fields":     {nil, `{"error":{"code":2013,"more":{"x":[1]}},"more":1}`, linq.Error{Code: 2013, DocURL: doc}},
		"a list":             {inHeader, `[]`, linq.Error{TraceID: other}},
		"HTML":               {inHeader, `<html><body>502 Bad Gateway</body></html>`, linq.Error{TraceID: other}},
		"empty":              {inHeader, ``, linq.Error{TraceID: other}},
		"cut off":            {inHeader, `{"error":{"code":20`, linq.Error{TraceID: other}},
		"over the limit":     {inHeader, `{"error":{"code":2013,"message":"` + strings.Repeat("x", 2<<20) + `"}}`, linq.Error{TraceID: other}},
		"long message":       {nil, `{"error":{"message":"` + strings.Repeat("é", 1000) + `"}}`, linq.Error{Message: strings.Repeat("é", 512)}},
		"trace id with _":    {inHeader, `{"trace_id":"req_0af7651916cd43dd"}`, linq.Error{TraceID: "req_0af7651916cd43dd"}},
		"trace id odd":       {inHeader, `{"trace_id":"a b"}`, linq.Error{TraceID: other}},
		"trace ids odd":      {http.Header{"X-Trace-Id": {"a|b"}}, `{"trace_id":"<x>"}`, linq.Error{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := test.want
			want.Op, want.HTTPStatus = "remove participant", http.StatusConflict
			assert.DeepEqual(t, *refused(t, http.StatusConflict, test.header, test.body), want)
		})
	}
}

func TestDocURLIsLinqs(t *testing.T) {
	t.Parallel()
	const computed = "https://docs.linqapp.com/error/codes/2xxx/2013/"
	for given, want := range map[string]string{
		"https://linqapp.com/x":                          "https://linqapp.com/x",
		"https://Docs.LinqApp.com/x":                     "https://Docs.LinqApp.com/x",
		"https://docs.linqapp.com/x?handle=2025550143#y": "https://docs.linqapp.com/x",
		"https://docs.linqapp.com/a|b>c":                 "https://docs.linqapp.com/a%7Cb%3Ec",
		"http://docs.linqapp.com/x":                      computed,
		"https://docs.linqapp.com.example/x":             computed,
		"https://evillinqapp.com/x":                      computed,
		"https://docs.linqapp.com@evil.example/x":        computed,
		"https://me@docs.linqapp.com/x":                  computed,
		"https://docs.linqapp.com:8443/x":                computed,
		"https://<.linqapp.com/x":                        computed,
		"https://a>b.linqapp.com/x":                      computed,
		"https://docs%7C.linqapp.com/x":                  computed,
		"javascript:alert(1)":                            computed,
		"//docs.linqapp.com/x":                           computed,
		"docs":                                           computed,
	} {
		got := refused(t, http.StatusConflict, nil, fmt.Sprintf(`{"error":{"code":2013,"doc_url":%q}}`, given))
		assert.Equal(t, got.DocURL, want, "given %q", given)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		header, body string
		want         time.Duration
	}{
		"neither":          {"", `{}`, 0},
		"header":           {"30", `{}`, 30 * time.Second},
		"body":             {"", `{"error":{"retry_after":30}}`, 30 * time.Second},
		"header is larger": {"60", `{"error":{"retry_after":30}}`, time.Minute},
		"body is larger":   {"30", `{"error":{"retry_after":60}}`, time.Minute},
		"spaces":           {" 30 ", ``, 30 * time.Second},
		"fraction":         {"0.5", ``, 500 * time.Millisecond},
		"negative":         {"-5", `{"error":{"retry_after":-5}}`, 0},
		"not a number":     {"NaN", `{"error":{"retry_after":"NaN"}}`, 0},
		"infinite":         {"Inf", ``, day},
		"enormous":         {"99999999999999999999", `{"error":{"retry_after":1e300}}`, day},
		"past date":        {"Wed, 21 Oct 2015 07:28:00 GMT", ``, 0},
		"far date":         {"Fri, 31 Dec 2199 23:59:59 GMT", ``, day},
		"nonsense":         {"soon", `{"error":{"retry_after":"soon"}}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := refused(t, http.StatusTooManyRequests, http.Header{"Retry-After": {test.header}}, test.body)
			assert.Equal(t, got.RetryAfter, test.want)
		})
	}
	t.Run("date", func(t *testing.T) {
		t.Parallel()
		at := time.Now().Add(2 * time.Minute).UTC().Format(http.TimeFormat)
		got := refused(t, http.StatusTooManyRequests, http.Header{"Retry-After": {at}}, "")
		assert.Assert(t, got.RetryAfter > 90*time.Second && got.RetryAfter <= 2*time.Minute, "%v", got.RetryAfter)
	})
}

func TestErrorTexts(t *testing.T) {
	t.Parallel()
	assert.Error(t, &linq.Error{Op: "remove participant", HTTPStatus: 409, Code: 2013, TraceID: "abc", Message: "secret"},
		"linq: remove participant: HTTP 409, code 2013, trace id abc")
	assert.Error(t, &linq.Error{Op: "read chat", HTTPStatus: 502}, "linq: read chat: HTTP 502")
	assert.Error(t, &linq.NoAnswerError{Op: "read chat", Err: io.EOF}, "linq: read chat: no answer (nothing was sent): EOF")
	assert.Error(t, &linq.NoAnswerError{Op: "read chat", MaybeSent: true, Err: io.EOF}, "linq: read chat: no answer (the request may have arrived): EOF")
	assert.Error(t, &linq.UnreadableError{Op: "read chat", HTTPStatus: 200, Reason: "it is not JSON", TraceID: "abc"},
		"linq: read chat: HTTP 200, unreadable answer: it is not JSON, trace id abc")
}

func TestTraceIDOfErrors(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"a": &linq.Error{TraceID: "a"},
		"b": fmt.Errorf("wrapped: %w", &linq.UnreadableError{TraceID: "b"}),
		"":  io.EOF,
	} {
		assert.Equal(t, linq.TraceID(err), want)
	}
}
