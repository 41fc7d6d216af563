package bot

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
)

const formType = "application/x-www-form-urlencoded"

func isForm(header http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && mediaType == formType
}

var errShape = errors.New("bot: not what Slack sends to this route")

// A signature covers neither the route nor the content type, so anybody who has bytes that Slack signed for one route
// can send them to another. Each route therefore takes its own shape only, by the bytes alone. In the body of another
// route some parts are what people chose: as JSON, "x&command=…" in a string would read as fields of a form. Slack's
// own forms have plain names, each once.

// readForm reads a form as Slack writes it.
func readForm(body []byte) (url.Values, error) {
	form, err := url.ParseQuery(string(body)) // not r.FormValue: it reads the query, which nobody signed
	if err != nil {
		return nil, errShape
	}
	for name, values := range form {
		if !isFieldName(name) || len(values) != 1 {
			return nil, errShape
		}
	}
	return form, nil
}

// isFieldName reports whether a field of a form has a name as Slack's have: lower-case words.
func isFieldName(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return name != ""
}

// readCommand reads the form of a slash command. probe is Slack's look at the certificate, which asks for
// nothing. Source: https://docs.slack.dev/interactivity/implementing-slash-commands
func readCommand(body []byte) (form url.Values, probe bool, err error) {
	form, err = readForm(body)
	switch {
	case err != nil:
		return nil, false, err
	case form.Get("ssl_check") == "1":
		return nil, true, nil
	case form.Has("payload"), form.Get("command") == "", form.Get("user_id") == "":
		return nil, false, errShape
	}
	return form, false, nil
}

// readPayload reads the one field of an interaction.
// Source: https://docs.slack.dev/interactivity/handling-user-interaction
func readPayload(body []byte) ([]byte, error) {
	form, err := readForm(body)
	if err != nil || len(form) != 1 || !form.Has("payload") {
		return nil, errShape
	}
	return []byte(form.Get("payload")), nil
}
