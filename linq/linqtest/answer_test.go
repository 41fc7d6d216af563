package linqtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// answer is what came back of a request.
type answer struct {
	status int
	code   int // error.code; 0 if there is none
	header http.Header
}

// ask sends a request as it is.
func ask(t *testing.T, l *linqtest.Linq, method, path, contentType, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, l.BaseURL()+path, strings.NewReader(body))
	assert.NilError(t, err)
	r.Header.Set("Authorization", "Bearer "+l.APIKey())
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	assert.NilError(t, err)
	defer func() { assert.NilError(t, response.Body.Close()) }()
	var envelope struct {
		Error struct{ Code int }
	}
	text, err := io.ReadAll(response.Body)
	assert.NilError(t, err)
	_ = json.Unmarshal(text, &envelope) // not every answer is JSON
	return answer{response.StatusCode, envelope.Error.Code, response.Header}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	l, _, id := group(t, linqtest.Config{})
	small := l.AddChat(linqtest.Group("Three of us", line, ada, ben))
	pair := l.AddChat(linqtest.OneToOne(line, ada))
	sms := linqtest.Group("Green", line, ada, ben, carla)
	sms.Service = "SMS"
	smsID := l.AddChat(sms)
	leftID := l.AddChat(linqtest.Group("Left", line, ada, ben, carla))
	assert.Assert(t, l.LeaveByThemselves(leftID, line))

	const nobody = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"
	for name, test := range map[string]struct {
		method, chat, body string
		status, code       int
	}{
		"unknown chat":         {"DELETE", nobody, `{"handle":"` + ada + `"}`, 404, 2001},
		"no body":              {"DELETE", id.String(), ``, 400, 1003},
		"no JSON":              {"DELETE", id.String(), `handle=` + ada, 400, 1003},
		"no object":            {"DELETE", id.String(), `["` + ada + `"]`, 400, 1003},
		"no handle":            {"DELETE", id.String(), `{}`, 400, 1001},
		"empty handle":         {"DELETE", id.String(), `{"handle":""}`, 400, 1001},
		"not E.164":            {"DELETE", id.String(), `{"handle":"(202) 555-0132"}`, 400, 1002},
		"without plus":         {"DELETE", id.String(), `{"handle":"12025550132"}`, 400, 1002},
		"not an address":       {"DELETE", id.String(), `{"handle":"carla@"}`, 400, 1002},
		"a named address":      {"DELETE", id.String(), `{"handle":"Carla <carla@example.com>"}`, 400, 1002},
		"not in the chat":      {"DELETE", id.String(), `{"handle":"+12025550199"}`, 404, 2001},
		"in another case":      {"DELETE", id.String(), `{"handle":"Carla@example.com"}`, 404, 2001},
		"our own line":         {"DELETE", id.String(), `{"handle":"` + line + `"}`, 400, 1005},
		"two would stay":       {"DELETE", small, `{"handle":"` + ada + `"}`, 409, 2015},
		"one-to-one":           {"DELETE", pair, `{"handle":"` + ada + `"}`, 409, 1006},
		"SMS":                  {"DELETE", smsID, `{"handle":"` + ada + `"}`, 409, 2017},
		"our line has left":    {"DELETE", leftID, `{"handle":"` + ada + `"}`, 409, 2013},
		"add who is there":     {"POST", id.String(), `{"handle":"` + ada + `"}`, 409, 2015},
		"add to one-to-one":    {"POST", pair, `{"handle":"+12025550199"}`, 409, 1006},
		"add without a handle": {"POST", id.String(), `{"handle":null}`, 400, 1001},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ask(t, l, test.method, "v3/chats/"+test.chat+"/participants", "application/json", test.body)
			assert.Equal(t, got.status, test.status)
			assert.Equal(t, got.code, test.code)
		})
	}
	t.Run("another type of body", func(t *testing.T) {
		t.Parallel()
		for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded"} {
			got := ask(t, l, "DELETE", "v3/chats/"+id.String()+"/participants", kind, `{"handle":"`+ada+`"}`)
			assert.Equal(t, got.code, 1003, "content type %q", kind)
		}
	})
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	l, _, id := group(t, linqtest.Config{})
	for _, test := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "v3/phone_numbers", 200, ""},
		{"GET", "v3/chats", 200, ""},
		{"GET", "v3/chats/" + id.String(), 200, ""},
		{"GET", "v3/chats/" + strings.ToUpper(id.String()), 200, ""},
		{"GET", "v3/chats/x", 404, ""},
		{"GET", "v3/", 404, ""},
		{"GET", "v2/chats", 404, ""},
		{"GET", "v3/messages/" + id.String(), 404, ""},
		{"DELETE", "v3/chats/" + id.String() + "/participants/" + ada, 404, ""},
		{"POST", "v3/chats", 405, "GET"},
		{"DELETE", "v3/chats/" + id.String(), 405, "GET"},
		{"PUT", "v3/chats/" + id.String() + "/participants", 405, "DELETE, POST"},
	} {
		got := ask(t, l, test.method, test.path, "", "")
		assert.Equal(t, got.status, test.status, "%s %s", test.method, test.path)
		assert.Equal(t, got.header.Get("Allow"), test.allow, "%s %s", test.method, test.path)
		assert.Equal(t, len(got.header.Get("X-Trace-ID")), 32)
	}
}

func TestChatsAreListed(t *testing.T) {
	t.Parallel()
	const otherLine = "+12025550101"
	l, client, first := group(t, linqtest.Config{PhoneNumbers: []string{"+12025550109"}})
	for range 30 {
		l.AddChat(linqtest.OneToOne(otherLine, ada))
	}
	count := func(query linq.ChatsQuery) int {
		n := 0
		for _, err := range client.AllChats(t.Context(), query) {
			assert.NilError(t, err)
			n++
		}
		return n
	}
	assert.Equal(t, count(linq.ChatsQuery{}), 31)
	assert.Equal(t, count(linq.ChatsQuery{Limit: 1}), 31)
	assert.Equal(t, count(linq.ChatsQuery{From: handle.New(otherLine)}), 30)
	assert.Equal(t, count(linq.ChatsQuery{From: handle.New(ada)}), 0, "she is no line of ours")
	assert.Equal(t, count(linq.ChatsQuery{To: handle.New(ada), Limit: 7}), 31)
	assert.Equal(t, count(linq.ChatsQuery{To: handle.New(carla)}), 1)
	assert.Equal(t, count(linq.ChatsQuery{Cursor: "31"}), 0)

	page, err := client.Chats(t.Context(), linq.ChatsQuery{})
	assert.NilError(t, err)
	assert.Equal(t, len(page.Chats), 20)
	assert.Equal(t, page.NextCursor, "20")
	assert.Equal(t, page.Chats[0].ID, first)
	assert.Equal(t, page.Chats[1].DisplayName, ada, "a chat without a name shows its people")

	assert.Equal(t, ask(t, l, "GET", "v3/chats?limit=101", "", "").code, 1005)
	assert.Equal(t, ask(t, l, "GET", "v3/chats?cursor=x", "", "").code, 1005)
	assert.Equal(t, ask(t, l, "GET", "v3/chats?from=12025550100", "", "").code, 1002)

	lines, err := client.PhoneNumbers(t.Context())
	assert.NilError(t, err)
	var numbers []string
	for _, each := range lines {
		numbers = append(numbers, each.Number.Full())
	}
	assert.DeepEqual(t, numbers, []string{"+12025550109", line, otherLine})
}

// Everything in the documented shape, field by field.
func TestAnswersHaveTheDocumentedShape(t *testing.T) {
	t.Parallel()
	l := linqtest.New(linqtest.Config{})
	answer := func(method, path, body string) map[string]any {
		r := httptest.NewRequestWithContext(t.Context(), method, linqtest.Prefix+path, bytes.NewBufferString(body))
		r.Header.Set("Authorization", "Bearer "+l.APIKey())
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		recorder := httptest.NewRecorder()
		l.ServeHTTP(recorder, r)
		assert.Equal(t, recorder.Header().Get("Content-Type"), "application/json")
		got := map[string]any{}
		assert.NilError(t, json.Unmarshal(recorder.Body.Bytes(), &got))
		if trace, ok := got["trace_id"]; ok {
			assert.Equal(t, trace, recorder.Header().Get("X-Trace-ID"))
			got["trace_id"] = "trace"
		}
		return got
	}
	id := l.AddChat(linqtest.Group("Spring launch", line, ada, ben, carla))
	const refused = `{"success":false,"error":{"status":404,"code":2001,"message":"Resource not found","doc_url":"https://docs.linqapp.com/error/codes/2xxx/2001/"},"trace_id":"trace"}`
	assertJSON(t, answer("GET", "v3/chats/x", ""), refused)
	assertJSON(t, answer("DELETE", "v3/chats/"+id+"/participants", `{"handle":"`+ada+`"}`),
		`{"status":"accepted","message":"Participant removal queued","trace_id":"trace"}`)
	assertJSON(t, answer("POST", "v3/chats/"+id+"/participants", `{"handle":"`+ada+`"}`),
		`{"status":"accepted","message":"Participant addition queued","trace_id":"trace"}`)
	assertJSON(t, answer("GET", "v3/chats?limit=1&cursor=9", ""), `{"chats":[],"next_cursor":null}`)
}

func assertJSON(t *testing.T, got map[string]any, want string) {
	t.Helper()
	wanted := map[string]any{}
	assert.NilError(t, json.Unmarshal([]byte(want), &wanted))
	assert.Assert(t, cmp.Equal(got, wanted), cmp.Diff(wanted, got))
}
