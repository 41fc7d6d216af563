// Package redact takes linqbot's own secrets out of bytes that others wrote, such as the error of a
// server that repeats the token it was sent, and out of the log. It knows the secrets and nothing
// else. Begin reading with [Secrets].
//
// A secret is found as it is, and escaped as JSON, URLs and HTML escape it, in whole or in part, also
// twice. It is not found in pieces, in another case, or encoded as a whole, as in base64.
package redact

import (
	"bytes"
	"errors"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
)

// mark stands where a secret stood. It needs no escaping in JSON, and makes no trace id or code.
const mark = "[redacted]"

// shortest is how many bytes a secret must have to be looked for: a shorter one may be part of what
// has nothing to do with it.
const shortest = 8

// Secrets are values that nobody is to see. The zero value has none. It does not print them, and is
// safe for concurrent use.
type Secrets struct {
	// known is a function so that fmt prints an address, whatever the verb, also of a struct that
	// keeps Secrets. It is nil if there are none.
	known func() *values
}

type values struct {
	plain []string // the longest first: one may hold another
	forms [][]byte // plain, and as HTML has it
}

// New returns the secrets that are long enough to be looked for.
func New(secrets ...string) Secrets {
	v := &values{}
	for _, secret := range secrets {
		if secret = strings.TrimSpace(secret); len(secret) >= shortest && !slices.Contains(v.plain, secret) {
			v.plain = append(v.plain, secret)
		}
	}
	slices.SortFunc(v.plain, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range v.plain {
		v.forms = append(v.forms, []byte(secret))
		if escaped := html.EscapeString(secret); escaped != secret {
			v.forms = append(v.forms, []byte(escaped))
		}
	}
	return Secrets{known: func() *values { return v }}
}

// And returns these secrets and the others.
func (s Secrets) And(others Secrets) Secrets {
	var all []string
	for _, each := range []Secrets{s, others} {
		if each.known != nil {
			all = append(all, each.known().plain...)
		}
	}
	return New(all...)
}

// String does not tell the secrets.
func (s Secrets) String() string { return "secrets" }

// GoString does not tell the secrets.
func (s Secrets) GoString() string { return "redact.Secrets" }

// Bytes returns the text without the secrets: itself if there are none in it, and a copy otherwise.
func (s Secrets) Bytes(text []byte) []byte {
	if s.known == nil {
		return text
	}
	for _, form := range s.known().forms {
		if bytes.Contains(text, form) {
			text = bytes.ReplaceAll(text, form, []byte(mark))
		}
	}
	if bytes.IndexByte(text, '\\') < 0 && bytes.IndexByte(text, '%') < 0 {
		return text
	}
	return withoutEscaped(text, s.known().forms)
}

// text returns the text without the secrets.
func (s Secrets) text(text string) string {
	if clean := s.Bytes([]byte(text)); !bytes.Equal(clean, []byte(text)) {
		return string(clean)
	}
	return text
}

// Error returns err if its text has no secret in it, and else an error with the text that is left.
func (s Secrets) Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if clean := s.text(text); clean != text {
		return &cleanError{text: clean, err: err}
	}
	return err
}

// cleanError tells what err is, to errors.Is and errors.As, but only what is clean of what it says.
type cleanError struct {
	text string
	err  error
}

func (e *cleanError) Error() string        { return e.text }
func (e *cleanError) Is(target error) bool { return errors.Is(e.err, target) }

// As finds errors that tell how a call failed, such as [net.Error]; their text is not clean, which is
// for the log's writer to mend.
func (e *cleanError) As(target any) bool { return errors.As(e.err, target) }

// Response takes the secrets out of the status line and the headers of an answer. Its body is left to
// its reader.
func (s Secrets) Response(r *http.Response) {
	if r == nil || s.known == nil {
		return
	}
	r.Status = s.text(r.Status)
	for name, all := range r.Header {
		for i, value := range all {
			all[i] = s.text(value)
		}
		if clean := s.text(name); clean != name {
			delete(r.Header, name)
		}
	}
}

// Writer returns a writer that takes the secrets out of each line. Each Write is taken for whole
// lines, as loggers write them.
func (s Secrets) Writer(to io.Writer) io.Writer { return writer{secrets: s, to: to} }

type writer struct {
	secrets Secrets
	to      io.Writer
}

// Write reports a short write only if the line is not written as a whole.
func (w writer) Write(line []byte) (int, error) {
	if _, err := w.to.Write(w.secrets.Bytes(line)); err != nil {
		return 0, err
	}
	return len(line), nil
}
