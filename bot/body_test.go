package bot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/ingress"
	"linqbot/bot/slacktest"
)

// sized is a signed command whose body has that many bytes.
func sized(size int) string {
	body := form("").Encode() + "&padding="
	return body + strings.Repeat("x", size-len(body))
}

// A body over the cap is refused for its size although its signature holds: size comes first.
func TestTheLargestBody(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		size, want int
	}{
		{ingress.LargestBody - 1, http.StatusOK},
		{ingress.LargestBody, http.StatusOK},
		{ingress.LargestBody + 1, http.StatusRequestEntityTooLarge},
		{4 * ingress.LargestBody, http.StatusRequestEntityTooLarge},
	} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d chunked %t", tc.size, chunked), func(t *testing.T) {
				t.Parallel()
				e := newEdge(t)
				r := signedRequest(t, CommandsPath, testSecret, sized(tc.size))
				if chunked {
					r.ContentLength = -1
				}
				response := e.serve(r)
				assert.Equal(t, response.status, tc.want)
				if tc.want != http.StatusOK {
					e.wantRefused(response, tc.want)
				}
			})
		}
	}
}

// The same over a network, where net/http makes the chunks.
func TestTheLargestBodyOverANetwork(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	server := httptest.NewServer(e.handler)
	defer server.Close()
	for _, chunked := range []bool{false, true} {
		body := sized(ingress.LargestBody + 1)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+CommandsPath, strings.NewReader(body))
		assert.NilError(t, err)
		if chunked {
			r.ContentLength = -1
		}
		r.Header.Set("Content-Type", formType)
		sign(r, testSecret, time.Now(), body)
		got := post(t, server, r)
		assert.Equal(t, got.status, http.StatusRequestEntityTooLarge)
		assert.Equal(t, got.body, "")
	}
	assert.Equal(t, len(e.command.runs()), 0)
}

// A sender who never ends is cut off soon after the first byte too many: some more is let pass, so
// that one who does end sees the answer.
func TestAnEndlessBodyIsCutOff(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	read := 0
	r := httptest.NewRequest(http.MethodPost, CommandsPath, readerFunc(func(p []byte) (int, error) {
		read += len(p)
		return len(p), nil
	}))
	sign(r, testSecret, time.Now(), "")
	e.wantRefused(e.serve(r), http.StatusRequestEntityTooLarge)
	assert.Assert(t, read <= 3*ingress.LargestBody, "read %d bytes", read)
}

// Too large is too large, also when the rest does not arrive.
func TestALargeBodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	r := httptest.NewRequest(http.MethodPost, CommandsPath, io.MultiReader(
		bytes.NewReader(make([]byte, ingress.LargestBody+1)),
		readerFunc(func([]byte) (int, error) { return 0, os.ErrDeadlineExceeded })))
	sign(r, testSecret, time.Now(), "")
	e.wantRefused(e.serve(r), http.StatusRequestEntityTooLarge)
}

func TestABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	body := form("hello").Encode()
	r := signedRequest(t, CommandsPath, testSecret, body)
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), readerFunc(func([]byte) (int, error) {
		return 0, errors.New("the connection is gone")
	})))
	e.wantRefused(e.serve(r), http.StatusBadRequest)
}

// readerFunc reads by calling itself.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestOnlyFormsAreRead(t *testing.T) {
	t.Parallel()
	multipart := "--b\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\n" + testCommand + "\r\n--b--\r\n"
	for _, tc := range []struct {
		name, contentType, body string
		want                    int
	}{
		{"a form", formType, "", http.StatusOK},
		{"a form with its charset", formType + "; charset=utf-8", "", http.StatusOK},
		{"a form in capitals", strings.ToUpper(formType), "", http.StatusOK},
		{"JSON", "application/json", `{"command":"` + testCommand + `"}`, http.StatusUnsupportedMediaType},
		{"a form said to be JSON", "application/json", "", http.StatusUnsupportedMediaType},
		{"multipart", "multipart/form-data; boundary=b", multipart, http.StatusUnsupportedMediaType},
		{"plain text", "text/plain", "", http.StatusUnsupportedMediaType},
		{"no type", "", "", http.StatusUnsupportedMediaType},
		{"a broken type", "application/x-www-form-urlencoded; charset", "", http.StatusUnsupportedMediaType},
		{"half a type", "application/", "", http.StatusUnsupportedMediaType},
		{"broken escape", formType, "command=%2Flinq-remove&user_id=U1&text=%zz", http.StatusBadRequest},
		{"escape cut off", formType, "command=%2Flinq-remove&user_id=U1&text=%2", http.StatusBadRequest},
		{"semicolons", formType, "command=%2Flinq-remove;user_id=U1", http.StatusBadRequest},
		{"no command", formType, "user_id=U1&text=hello", http.StatusBadRequest},
		{"no user", formType, "command=%2Flinq-remove&text=hello", http.StatusBadRequest},
		{"noise", formType, "\x00\x01\x02", http.StatusBadRequest},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			body := tc.body
			if body == "" {
				body = form("hello").Encode()
			}
			r := signedRequest(t, CommandsPath, testSecret, body)
			r.Header.Set("Content-Type", tc.contentType)
			if tc.contentType == "" {
				r.Header.Del("Content-Type")
			}
			response := e.serve(r)
			if tc.want == http.StatusOK {
				assert.Equal(t, said(t, response), "Recorded.")
				return
			}
			e.wantRefused(response, tc.want)
		})
	}
}

// The signature covers the body alone. Anybody who has seen one signed body could put anything into
// the URL beside it.
func TestTheQueryIsNotRead(t *testing.T) {
	t.Parallel()
	query := "?text=smuggled&command=%2Flinq-admin&payload=%7B%7D&user_id=U0EVIL&team_id=T0EVIL&channel_id=C0EVIL" +
		"&trigger_id=smuggled&response_url=https%3A%2F%2Fevil.test%2F&ssl_check=1&enterprise_id=E0EVIL"
	for name, body := range map[string]string{
		"beside a command":     form("hello").Encode(),
		"beside an empty text": form("").Encode(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath+query, testSecret, body))), "Recorded.")
			runs := e.command.runs()
			assert.Equal(t, len(runs), 1)
			assert.Assert(t, !strings.Contains(fmt.Sprintf("%+v", runs[0]), "smuggled"), "%+v", runs[0])
			assert.Assert(t, !strings.Contains(fmt.Sprintf("%+v", runs[0]), "EVIL"), "%+v", runs[0])
			assert.Assert(t, !strings.Contains(runs[0].ResponseURL, "evil"), "%+v", runs[0])
		})
	}
	t.Run("what the body lacks", func(t *testing.T) {
		t.Parallel()
		e := newEdge(t)
		e.wantRefused(e.serve(signedRequest(t, CommandsPath+query, testSecret, "text=hello")), http.StatusBadRequest)
	})
	t.Run("without a body", func(t *testing.T) {
		t.Parallel()
		e := newEdge(t)
		e.wantRefused(e.serve(signedRequest(t, CommandsPath+query, testSecret, "")), http.StatusBadRequest)
	})
}

// Slack's probe of the certificate asks for nothing. Unsigned, it is refused as everything else is.
func TestSSLCheck(t *testing.T) {
	t.Parallel()
	smuggled := form("hello")
	smuggled.Set("ssl_check", "1")
	for _, tc := range []struct {
		name, body string
		unsigned   bool
		want       int
	}{
		{"signed", "ssl_check=1&token=abc", false, http.StatusOK},
		{"signed, with a command", smuggled.Encode(), false, http.StatusOK},
		{"unsigned", "ssl_check=1&token=abc", true, http.StatusUnauthorized},
		{"unsigned, with a command", smuggled.Encode(), true, http.StatusUnauthorized},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			r := signedRequest(t, CommandsPath, testSecret, tc.body)
			if tc.unsigned {
				r.Header.Del(slacktest.SignatureHeader)
				r.Header.Del(slacktest.TimestampHeader)
			}
			e.wantRefused(e.serve(r), tc.want)
		})
	}
}
