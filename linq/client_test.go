package linq_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
)

func TestNewJudgesTheConfiguration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		base, key string
		wrong     string // "" if it is right
	}{
		"Linq":                     {linq.DefaultBaseURL, testKey, ""},
		"no last slash":            {"https://api.linqapp.com/api/partner", testKey, ""},
		"no path":                  {"https://linq.example", testKey, ""},
		"http on localhost":        {"http://localhost:8080/api/partner", testKey, ""},
		"http on 127.0.0.1":        {"http://127.0.0.1:8080", testKey, ""},
		"http on ::1":              {"http://[::1]:8080", testKey, ""},
		"http elsewhere":           {"http://api.linqapp.com/api/partner", testKey, "base URL"},
		"http on a lookalike":      {"http://127.0.0.1.example", testKey, "base URL"},
		"no base":                  {"", testKey, "base URL"},
		"no host":                  {"https:///api", testKey, "base URL"},
		"no scheme":                {"api.linqapp.com/api/partner", testKey, "base URL"},
		"other scheme":             {"ftp://api.linqapp.com/", testKey, "base URL"},
		"opaque":                   {"https:api.linqapp.com", testKey, "base URL"},
		"user name":                {"https://user:hunter2@api.linqapp.com/", testKey, "base URL"},
		"query":                    {"https://api.linqapp.com/?key=hunter2", testKey, "base URL"},
		"empty query":              {"https://api.linqapp.com/?", testKey, "base URL"},
		"fragment":                 {"https://api.linqapp.com/#hunter2", testKey, "base URL"},
		"control character":        {"https://api.linqapp.com/hunter2\n", testKey, "base URL"},
		"with the version already": {"https://api.linqapp.com/api/partner/v3/", testKey, "base URL"},
		"no key":                   {linq.DefaultBaseURL, "", "API key"},
		"key with a line break":    {linq.DefaultBaseURL, "hunter2\n", "API key"},
		"key with a letter beyond": {linq.DefaultBaseURL, "hunter2é", "API key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := linq.New(linq.Config{BaseURL: test.base, APIKey: test.key})
			if test.wrong == "" {
				assert.NilError(t, err)
				return
			}
			assert.ErrorContains(t, err, test.wrong)
			assert.Assert(t, !strings.Contains(err.Error(), "hunter2"), "the text shows what may be secret: %v", err)
		})
	}
}

func TestPrintingNeverShowsTheKey(t *testing.T) {
	t.Parallel()
	config := linq.Config{BaseURL: linq.DefaultBaseURL, APIKey: testKey}
	client, err := linq.New(config)
	assert.NilError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, value := range []any{config, &config, client, *client} {
			text := fmt.Sprintf(verb, value)
			assert.Assert(t, !strings.Contains(text, testKey), "%s shows the key: %s", verb, text)
		}
	}
}

type sentRequest struct {
	Method, URI, Authorization, Agent, Accept, ContentType, Body string
}

func TestRequestsAreWhatLinqDocuments(t *testing.T) {
	t.Parallel()
	id := chatID(t, strings.ToUpper(testChat))
	person := handle.New("+12025550143")
	common := sentRequest{Authorization: "Bearer " + testKey, Agent: "linqbot/test", Accept: "application/json"}
	for name, test := range map[string]struct {
		call func(*linq.Client) error
		want sentRequest
	}{
		"remove": {
			func(c *linq.Client) error { _, err := c.RemoveParticipant(t.Context(), id, person); return err },
			sentRequest{
				Method: "DELETE", URI: "/api/partner/v3/chats/" + testChat + "/participants",
				ContentType: "application/json", Body: `{"handle":"+12025550143"}`,
			},
		},
		"add": {
			func(c *linq.Client) error {
				_, err := c.AddParticipant(t.Context(), id, handle.New(`"o'neil"@example.com`))
				return err
			},
			sentRequest{
				Method: "POST", URI: "/api/partner/v3/chats/" + testChat + "/participants",
				ContentType: "application/json", Body: `{"handle":"\"o'neil\"@example.com"}`,
			},
		},
		"read": {
			func(c *linq.Client) error { _, err := c.Chat(t.Context(), id); return err },
			sentRequest{Method: "GET", URI: "/api/partner/v3/chats/" + testChat},
		},
		"list all": {
			func(c *linq.Client) error { _, err := c.Chats(t.Context(), linq.ChatsQuery{}); return err },
			sentRequest{Method: "GET", URI: "/api/partner/v3/chats"},
		},
		"list some": {
			func(c *linq.Client) error {
				_, err := c.Chats(t.Context(), linq.ChatsQuery{From: person, To: handle.New("a&b@example.com"), Limit: 100, Cursor: "20"})
				return err
			},
			sentRequest{Method: "GET", URI: "/api/partner/v3/chats?cursor=20&from=%2B12025550143&limit=100&to=a%26b%40example.com"},
		},
		"phone numbers": {
			func(c *linq.Client) error { _, err := c.PhoneNumbers(t.Context()); return err },
			sentRequest{Method: "GET", URI: "/api/partner/v3/phone_numbers"},
		},
	} {
		for _, slash := range []string{"", "/"} {
			t.Run(name+slash, func(t *testing.T) {
				t.Parallel()
				requests := make(chan sentRequest, 2)
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					requests <- sentRequest{
						r.Method, r.RequestURI, r.Header.Get("Authorization"), r.UserAgent(),
						r.Header.Get("Accept"), r.Header.Get("Content-Type"), string(body),
					}
					w.WriteHeader(http.StatusTeapot)
				}))
				defer server.Close()
				err := test.call(newClient(t, server.URL+"/api/partner"+slash, nil))
				assert.ErrorContains(t, err, "HTTP 418")
				want := test.want
				want.Authorization, want.Agent, want.Accept = common.Authorization, common.Agent, common.Accept
				assert.DeepEqual(t, <-requests, want)
				assert.Equal(t, len(requests), 0, "the call was repeated")
			})
		}
	}
}

func TestNamelessCallsAreNotSent(t *testing.T) {
	t.Parallel()
	client := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	id, person := chatID(t, testChat), handle.New("+12025550143")
	for name, call := range map[string]func() error{
		"remove from no chat": func() error { _, err := client.RemoveParticipant(t.Context(), linq.ChatID{}, person); return err },
		"remove no one":       func() error { _, err := client.RemoveParticipant(t.Context(), id, handle.Handle{}); return err },
		"add to no chat":      func() error { _, err := client.AddParticipant(t.Context(), linq.ChatID{}, person); return err },
		"add no one":          func() error { _, err := client.AddParticipant(t.Context(), id, handle.Handle{}); return err },
		"read no chat":        func() error { _, err := client.Chat(t.Context(), linq.ChatID{}); return err },
		"limit too high":      func() error { _, err := client.Chats(t.Context(), linq.ChatsQuery{Limit: 101}); return err },
		"limit below zero":    func() error { _, err := client.Chats(t.Context(), linq.ChatsQuery{Limit: -1}); return err },
	} {
		err := call()
		assert.Assert(t, err != nil, name)
		assert.Assert(t, !linq.Retriable(err), name)
	}
}

func TestAnyTwoHundredIsAnAcceptance(t *testing.T) {
	t.Parallel()
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	for name, test := range map[string]struct {
		status int
		header string
		body   string
		want   linq.Accepted
	}{
		"documented":      {202, "header-trace", `{"status":"accepted","message":"Participant removal queued","trace_id":"` + trace + `"}`, linq.Accepted{202, "accepted", "Participant removal queued", trace}},
		"empty":           {202, trace, ``, linq.Accepted{HTTPStatus: 202, TraceID: trace}},
		"no content":      {204, "", ``, linq.Accepted{HTTPStatus: 204}},
		"HTML":            {200, trace, `<html>OK</html>`, linq.Accepted{HTTPStatus: 200, TraceID: trace}},
		"cut off":         {202, trace, `{"status":"acc`, linq.Accepted{HTTPStatus: 202, TraceID: trace}},
		"another type":    {202, "", `[1]`, linq.Accepted{HTTPStatus: 202}},
		"yes, as a text":  {202, "", `{"success":"true"}`, linq.Accepted{HTTPStatus: 202}},
		"yes, as a count": {202, "", `{"success":1}`, linq.Accepted{HTTPStatus: 202}},
		"null":            {202, "", `null`, linq.Accepted{HTTPStatus: 202}},
		"null fields":     {202, trace, `{"status":null,"message":null,"trace_id":null}`, linq.Accepted{HTTPStatus: 202, TraceID: trace}},
		"mistyped fields": {202, trace, `{"status":1,"message":{},"trace_id":[]}`, linq.Accepted{HTTPStatus: 202, TraceID: trace}},
		"odd trace id":    {202, trace, `{"trace_id":"<!channel>"}`, linq.Accepted{HTTPStatus: 202, TraceID: trace}},
		"number as trace": {202, "+12025550143", `{"trace_id":"12025550143"}`, linq.Accepted{HTTPStatus: 202}},
		"long trace ids":  {202, strings.Repeat("a", 65), `{"trace_id":"` + strings.Repeat("a", 64) + `"}`, linq.Accepted{HTTPStatus: 202, TraceID: strings.Repeat("a", 64)}},
		"endless":         {202, trace, strings.Repeat(" ", 2<<20) + `{"status":"accepted"}`, linq.Accepted{HTTPStatus: 202, TraceID: trace}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Trace-ID", test.header)
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			got, err := client.RemoveParticipant(t.Context(), chatID(t, testChat), handle.New("+12025550143"))
			assert.NilError(t, err)
			assert.DeepEqual(t, got, test.want)
		})
	}
}

func TestAcceptanceWhoseBodyBreaksOff(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		w.Header().Set("X-Trace-ID", "trace-of-the-header")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"status":`)
	})
	got, err := client.RemoveParticipant(t.Context(), chatID(t, testChat), handle.New("+12025550143"))
	assert.NilError(t, err)
	assert.DeepEqual(t, got, linq.Accepted{HTTPStatus: 202, TraceID: "trace-of-the-header"})
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
		for name, location := range map[string]string{"elsewhere": "", "unparsable": "http://[hunter2", "none": "-"} {
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				t.Parallel()
				elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
					t.Error("the redirect was followed")
				}))
				defer elsewhere.Close()
				client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					switch location {
					case "":
						w.Header().Set("Location", elsewhere.URL)
					case "-":
					default:
						w.Header().Set("Location", location)
					}
					w.WriteHeader(status)
				})
				_, removing := client.RemoveParticipant(t.Context(), chatID(t, testChat), handle.New("+12025550143"))
				_, reading := client.Chat(t.Context(), chatID(t, testChat))
				for op, err := range map[string]error{"remove participant": removing, "read chat": reading} {
					want := &linq.Error{Op: op, HTTPStatus: status}
					assert.Assert(t, cmp.Equal(err, error(want)), "%v", err)
					assert.Assert(t, !linq.Retriable(err))
				}
			})
		}
	}
}

func TestGivenHTTPClientKeepsItsPolicy(t *testing.T) {
	t.Parallel()
	given := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example/"}}, Body: http.NoBody}, nil
	})}
	_, err := newClient(t, linq.DefaultBaseURL, given).PhoneNumbers(t.Context())
	assert.ErrorContains(t, err, "HTTP 302")
	assert.Assert(t, given.CheckRedirect == nil, "the caller's client was changed")
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	t.Parallel()
	peers := map[string]bool{}
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		peers[r.RemoteAddr] = true
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, strings.Repeat("<p>bad gateway</p>", 100))
	})
	for range 5 {
		_, err := client.PhoneNumbers(t.Context())
		assert.ErrorContains(t, err, "HTTP 502")
	}
	assert.Equal(t, len(peers), 1)
}
