package slacktest

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

// arguments are a call's arguments in one shape, however they were sent: those of a form as they
// are, those of a JSON object as the text of each value, without those that are null.
type arguments struct{ url.Values }

// flag reads a boolean as Slack takes them: true or 1.
func (a arguments) flag(name string) bool {
	on, _ := strconv.ParseBool(a.Get(name)) // anything else is false
	return on
}

// number reads a whole number, or returns the default if it is none or below 1.
func (a arguments) number(name string, otherwise int) int {
	if n, err := strconv.Atoi(a.Get(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// maxBody is far above anything a bot should send.
const maxBody = 4 << 20

// readArguments reads a call's body and its arguments. The error is one of Slack's codes.
func readArguments(r *http.Request) (arguments, []byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return arguments{}, nil, failure("request_timeout")
	}
	if r.Method == http.MethodGet {
		return arguments{r.URL.Query()}, body, nil
	}
	args, err := parseArguments(r.Header.Get("Content-Type"), body)
	return args, body, err
}

func parseArguments(contentType string, body []byte) (arguments, error) {
	media, _, _ := mime.ParseMediaType(contentType) // an unreadable type is none of those below
	switch media {
	case "application/json":
		return jsonArguments(body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return arguments{}, failure("invalid_form_data")
		}
		return arguments{form}, nil
	}
	if len(body) == 0 {
		return arguments{url.Values{}}, nil
	}
	return arguments{}, failure("invalid_post_type")
}

func jsonArguments(body []byte) (arguments, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return arguments{}, failureWith("invalid_json", []string{err.Error()})
	}
	args := arguments{url.Values{}}
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
