package linq_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/handle"
	"linqbot/linq/linqtest"
)

// laterFacts are the places where Linq's later documentation departs from its early OpenAPI
// description (January 2026), each with where the later word stands.
func laterFacts() map[string]string {
	return map[string]string{
		"GET /v3/phone_numbers: no such path":                     "the description knows the older spelling phonenumbers, since deprecated (Go SDK, phonenumber1.go)",
		"GET /v3/chats: parameter from is missing":                "it has been optional since 2026-03-12 (Go SDK, commit 8a556e9)",
		"GET /v3/chats: status 400":                               "not listed at all; the catalogue has 1002 and 1005 for such parameters",
		"DELETE /v3/chats/{chatId}/participants: status 409":      "the endpoint's page has listed 409 with 2013 since mid 2026",
		"DELETE /v3/chats/{chatId}/participants: status 409 2013": "as above; codes from 2009 on came later",
		"DELETE /v3/chats/{chatId}/participants: status 409 2015": "codes from 2009 on came later",
		"DELETE /v3/chats/{chatId}/participants: status 409 2017": "codes from 2009 on came later",
		"DELETE /v3/chats/{chatId}/participants: status 429":      "rate limits answer 429 everywhere (rate limits guide)",
		"POST /v3/chats/{chatId}/participants: status 409":        "1006 moved from 400 to 409 (error catalogue, mid 2026)",
	}
}

// checked is a transport that holds requests and answers against the description.
type checked struct {
	t      *testing.T
	doc    *openapi3.T
	router routers.Router

	mu    sync.Mutex
	found map[string]bool // the differences, as laterFacts names them
}

func (c *checked) differs(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found[fmt.Sprintf(format, args...)] = true
}

func (c *checked) RoundTrip(r *http.Request) (*http.Response, error) {
	route, parameters, err := c.router.FindRoute(r)
	if err != nil {
		c.differs("%s %s: no such path", r.Method, r.URL.Path[len(linqtest.Prefix)-1:])
		return http.DefaultTransport.RoundTrip(r)
	}
	name := r.Method + " " + route.Path
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
			SkipSettingDefaults:   true,
		},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		var wrong *openapi3filter.RequestError
		if errors.As(err, &wrong) && wrong.Parameter != nil && errors.Is(err, openapi3filter.ErrInvalidRequired) {
			c.differs("%s: parameter %s is missing", name, wrong.Parameter.Name)
		} else {
			c.differs("%s: request: %v", name, err)
		}
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	assert.Check(c.t, err)
	response.Body = io.NopCloser(bytes.NewReader(body))
	c.checkAnswer(name, input, response, body)
	return response, nil
}

func (c *checked) checkAnswer(name string, input *openapi3filter.RequestValidationInput, response *http.Response, body []byte) {
	if input.Route.Operation.Responses.Status(response.StatusCode) == nil {
		c.differs("%s: status %d", name, response.StatusCode)
		c.checkEnvelope(name, response.StatusCode, body)
		return
	}
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header, Options: input.Options,
	}
	answer.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(c.t.Context(), answer); err != nil {
		c.differs("%s: answer: %v", name, err)
	}
}

// checkEnvelope holds an error against the common shape, where its status is not listed.
func (c *checked) checkEnvelope(name string, status int, body []byte) {
	var envelope map[string]any
	assert.Check(c.t, json.Unmarshal(body, &envelope))
	err := c.doc.Components.Schemas["ErrorResponse"].Value.VisitJSON(envelope)
	var wrong *openapi3.SchemaError
	switch {
	case err == nil:
	case errors.As(err, &wrong) && wrong.SchemaField == "enum" && slices.Equal(wrong.JSONPointer(), []string{"error", "code"}):
		c.differs("%s: status %d %v", name, status, wrong.Value)
	default:
		c.differs("%s: status %d: %v", name, status, err)
	}
}

// description reads Linq's OpenAPI description, which is not part of this repository.
func description(t *testing.T) *openapi3.T {
	t.Helper()
	path := os.Getenv("LINQ_OPENAPI")
	if path == "" {
		path = filepath.Join("..", "..", "shared", "reference", "linq-openapi.yaml")
		if _, err := os.Stat(path); err != nil {
			t.Skip("Linq's OpenAPI description is not here: name it in LINQ_OPENAPI to check client and linqtest against it")
		}
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	assert.NilError(t, err)
	doc.OpenAPI = "3.0.3" // it calls itself 3.1, but writes "nullable" as 3.0 has it
	return doc
}

func TestClientAndLinqtestFollowTheDescription(t *testing.T) {
	t.Parallel()
	doc := description(t)
	l := linqtest.Start(t, linqtest.Config{})
	base, err := url.Parse(l.BaseURL())
	assert.NilError(t, err)
	doc.Servers = openapi3.Servers{{URL: base.Scheme + "://" + base.Host + "/api/partner"}}
	router, err := gorillamux.NewRouter(doc)
	assert.NilError(t, err)
	check := &checked{t: t, doc: doc, router: router, found: map[string]bool{}}
	client, err := linq.New(linq.Config{BaseURL: l.BaseURL(), APIKey: l.APIKey(), HTTPClient: &http.Client{Transport: check}})
	assert.NilError(t, err)

	exercise(t, l, client)

	later := laterFacts()
	for _, difference := range slices.Sorted(maps.Keys(check.found)) {
		if later[difference] == "" {
			t.Errorf("not as described: %s", difference)
		}
	}
	for _, difference := range slices.Sorted(maps.Keys(later)) {
		if !check.found[difference] {
			t.Errorf("listed as a difference, but not found: %s", difference)
		}
	}
}

// exercise makes calls of every kind, with every kind of answer.
func exercise(t *testing.T, l *linqtest.Linq, client *linq.Client) {
	t.Helper()
	const line, ada, ben, carla = "+12025550100", "+12025550132", "+12025550143", "carla@example.com"
	text := linqtest.Group("Text", line, ada, ben, carla)
	text.Service = "SMS"
	left := l.AddChat(linqtest.Group("Left", line, ada, ben, carla))
	l.LeaveByThemselves(left, line)
	group := l.AddChat(linqtest.Group("Spring launch", line, ada, ben, carla))
	try := func(id string, person string, want string) {
		t.Helper()
		_, err := client.RemoveParticipant(t.Context(), chatID(t, id), handle.New(person))
		if want == "" {
			assert.NilError(t, err)
		} else {
			assert.ErrorContains(t, err, want)
		}
	}
	try(group, carla, "")
	try(group, ada, "code 2015")
	try(group, "(202) 555-0132", "code 1002")
	try(group, "+12025550199", "code 2001")
	try(left, ada, "code 2013")
	try(l.AddChat(text), ada, "code 2017")
	try(l.AddChat(linqtest.OneToOne(line, ada)), ada, "code 1006")
	for status, code := range map[int]int{401: 2004, 429: 1007, 500: 3006} {
		l.Inject(linqtest.Fault{Times: 1, Status: status, Code: code, Message: "Injected"})
		try(group, ada, fmt.Sprint("code ", code))
	}

	_, err := client.AddParticipant(t.Context(), chatID(t, group), handle.New(carla))
	assert.NilError(t, err)
	_, err = client.AddParticipant(t.Context(), chatID(t, l.AddChat(linqtest.OneToOne(line, ada))), handle.New(carla))
	assert.ErrorContains(t, err, "code 1006")

	chat, err := client.Chat(t.Context(), chatID(t, group)) // with someone who left and came back
	assert.NilError(t, err)
	assert.Equal(t, len(chat.Handles), 4)
	_, err = client.Chat(t.Context(), chatID(t, left)) // with someone who is gone
	assert.NilError(t, err)
	_, err = client.Chat(t.Context(), chatID(t, testChat))
	assert.ErrorContains(t, err, "code 2001")

	for _, query := range []linq.ChatsQuery{{}, {From: handle.New(line)}, {From: handle.New(line), Limit: 1, Cursor: "1"}} {
		_, err = client.Chats(t.Context(), query)
		assert.NilError(t, err)
	}
	_, err = client.Chats(t.Context(), linq.ChatsQuery{From: handle.New(line), Cursor: "x"})
	assert.ErrorContains(t, err, "code 1005")
	_, err = client.PhoneNumbers(t.Context())
	assert.NilError(t, err)
}
