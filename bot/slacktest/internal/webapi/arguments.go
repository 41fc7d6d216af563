// Package webapi is what the in-memory Slack answers to calls: the methods of the Web API, response
// URLs, the scopes that each method needs, and Slack's envelopes and error codes. It acts on a
// workspace. It knows neither faults nor rate limits, and who calls only by the token. Begin with
// [API.Call]; chat.go and its neighbours have the methods, each with the page that documents it.
package webapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
)

// Arguments are a call's arguments in one shape. Those of a form are kept as they are. Those of a JSON object are
// kept as the text of each value, without nulls.
type Arguments struct{ url.Values }

// flag reads a boolean as Slack takes them: true or 1.
func (a Arguments) flag(name string) bool {
	on, _ := strconv.ParseBool(a.Get(name)) // anything else is false
	return on
}

// number reads a whole number, or returns the default if there is no number or it is below 1.
func (a Arguments) number(name string, otherwise int) int {
	if n, err := strconv.Atoi(a.Get(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// maxBody is far above anything a bot should send.
const maxBody = 4 << 20

// ReadArguments reads a call's body and its arguments. The error is one of Slack's codes.
func ReadArguments(r *http.Request) (Arguments, []byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return Arguments{}, nil, Failure("request_timeout")
	}
	if r.Method == http.MethodGet {
		return Arguments{r.URL.Query()}, body, nil
	}
	args, err := ParseArguments(r.Header.Get("Content-Type"), body)
	return args, body, err
}

// ParseArguments reads the arguments out of a body of that type.
func ParseArguments(contentType string, body []byte) (Arguments, error) {
	media, _, _ := mime.ParseMediaType(contentType) // an unreadable type matches no case below
	switch media {
	case "application/json":
		return jsonArguments(body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return Arguments{}, Failure("invalid_form_data")
		}
		return Arguments{form}, nil
	}
	if len(body) == 0 {
		return Arguments{url.Values{}}, nil
	}
	return Arguments{}, Failure("invalid_post_type")
}

func jsonArguments(body []byte) (Arguments, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return Arguments{}, failureWith("invalid_json", []string{err.Error()})
	}
	args := Arguments{url.Values{}}
	for name, value := range fields {
		if string(value) == "null" {
			continue
		}
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		args.Set(name, text)
	}
	return args, nil
}

// compact removes the white space between JSON tokens.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return raw
	}
	return b.Bytes()
}

// mustJSON is for values whose types cannot fail to marshal.
func mustJSON(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("slacktest: marshal: %v", err))
	}
	return body
}
