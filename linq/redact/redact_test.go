package redact_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/redact"
)

const (
	token  = "xoxb-1234-abcdEFGH"
	key    = `k/e"y&<7>+\z%41=`
	longer = token + "-and-more"
)

func secrets() redact.Secrets { return redact.New(token, key, longer, "short", "") }

func quoted(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded)
}

// escapedWhole writes each byte as an escape.
func escapedWhole(format, text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		fmt.Fprintf(&out, format, b)
	}
	return out.String()
}

func TestSecretsAreFoundHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{token, key, longer} {
		for name, text := range map[string]string{
			"as it is":                secret,
			"JSON":                    quoted(secret),
			"JSON in JSON":            quoted(quoted(secret)),
			"JSON in JSON in JSON":    quoted(quoted(quoted(secret))),
			"JSON, with slashes":      strings.ReplaceAll(quoted(secret), "/", `\/`),
			"JSON, each byte":         escapedWhole(`\u%04x`, secret),
			"JSON, in capitals":       escapedWhole(`\u%04X`, secret),
			"JSON, one byte":          escapedWhole(`\u%04x`, secret[:1]) + secret[1:],
			"JSON, each byte, logged": quoted(escapedWhole(`\u%04x`, secret)),
			"a query":                 url.QueryEscape(secret),
			"a path":                  url.PathEscape(secret),
			"a URL, each byte":        escapedWhole("%%%02x", secret),
			"a URL in a URL":          url.QueryEscape(url.QueryEscape(secret)),
			"a query, logged":         quoted(url.QueryEscape(secret)),
			"Go":                      fmt.Sprintf("%q", secret),
			"HTML":                    html.EscapeString(secret),
			"HTML, logged":            quoted(html.EscapeString(secret)),
		} {
			got := secrets().Text("before " + text + " after")
			got = strings.Trim(strings.TrimSuffix(strings.TrimPrefix(got, "before "), " after"), `\"`)
			assert.Equal(t, got, redact.Mark, "%s: %s", name, text)
		}
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "short", "nothing in it", `\`, "%", `\u`, `\u00`, "%2", `{"a":"\u0078oxb"}`, token[:len(token)-1], "xoxb-%31234",
		strings.Repeat(`\`, 1000), strings.Repeat("%25", 1000),
	} {
		assert.Equal(t, secrets().Text(text), text)
	}
	assert.Equal(t, redact.Secrets{}.Text(token), token)
	assert.Equal(t, redact.New("1234567").Text("1234567"), "1234567", "too short to be told from a part of something")
	assert.Equal(t, redact.New("12345678").Text("12345678"), redact.Mark)
	assert.Equal(t, secrets().Text(token+token+" "+longer), redact.Mark+redact.Mark+" "+redact.Mark)
	assert.Equal(t, redact.New("old-secret").And(redact.New("new-secret")).Text("old-secret new-secret"), redact.Mark+" "+redact.Mark)
}

func TestSecretsDoNotPrintThemselves(t *testing.T) {
	t.Parallel()
	type keeper struct{ inner redact.Secrets }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		shown := fmt.Sprintf(verb, secrets()) + fmt.Sprintf(verb, keeper{secrets()}) + fmt.Sprintf(verb, &keeper{secrets()})
		assert.Assert(t, !strings.Contains(shown, token) && !strings.Contains(shown, fmt.Sprintf("%x", token)), "%s: %s", verb, shown)
	}
	encoded, err := json.Marshal(map[string]any{"kept": secrets()})
	assert.NilError(t, err)
	assert.Equal(t, string(encoded), `{"kept":{}}`)
}

func TestErrorsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	cause := &net.OpError{Op: "dial", Err: errors.New("no route to " + token)}
	err := secrets().Error(fmt.Errorf("call: %w", cause))
	assert.Equal(t, err.Error(), "call: dial: no route to "+redact.Mark)
	var found *net.OpError
	assert.Assert(t, errors.As(err, &found) && errors.Is(err, cause))
	plain := errors.New("nothing in it")
	assert.Equal(t, secrets().Error(plain), plain)
	assert.NilError(t, secrets().Error(nil))
}

func TestHeadersAndTheStatusLine(t *testing.T) {
	t.Parallel()
	r := &http.Response{Status: "500 " + token, Header: http.Header{"X-Trace-Id": {"a", token}, token: {"b"}}}
	secrets().Response(r)
	assert.Equal(t, r.Status, "500 "+redact.Mark)
	assert.DeepEqual(t, r.Header, http.Header{"X-Trace-Id": {"a", redact.Mark}})
}

func TestWriter(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	line := []byte("a line with " + token + "\n")
	n, err := secrets().Writer(&out).Write(line)
	assert.NilError(t, err)
	assert.Equal(t, n, len(line), "a logger must not take it for a short write")
	assert.Equal(t, out.String(), "a line with "+redact.Mark+"\n")
	assert.Equal(t, string(line), "a line with "+token+"\n", "the caller's bytes are not its to change")
}

// No text makes it slow or panic, and what is left never holds a secret.
func FuzzBytes(f *testing.F) {
	f.Add([]byte(`{"error":"xoxb\u002d1234\u002dabcdEFGH"}`))
	f.Add([]byte(`%78oxb-1234-abcd%2545FGH`))
	f.Add([]byte(strings.Repeat(`\`, 40) + "u0078" + token[1:]))
	s := secrets()
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		got := s.Bytes(text)
		if !bytes.Equal(text, before) {
			t.Fatal("the text was changed in place")
		}
		for _, secret := range []string{token, key, longer} {
			if bytes.Contains(got, []byte(secret)) {
				t.Fatalf("%q still holds %q", got, secret)
			}
		}
	})
}

// BenchmarkLogLine is what a line of the log costs more than it did: one of an ack, and one with a stack.
func BenchmarkLogLine(b *testing.B) {
	s := redact.New("0123456789abcdef0123456789abcdef", token, key, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "postgres-password")
	line := `{"channel":"C0TEAM","chat":"3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11","delivery":"1337.42.abcdef","level":"info",` +
		`"msg":"command answered","outcome":"recorded","part":"commands","request":"0198f2c4","rule":"user U0ALICE","time":"2026-03-09T16:45:10.123456789Z","user":"U0ALICE"}` + "\n"
	for name, text := range map[string]string{"ack": line, "escapes": strings.Repeat(`goroutine 1 [running]:\n\tmain.main()\n`, 100)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			bytes := []byte(text)
			for b.Loop() {
				s.Bytes(bytes)
			}
		})
	}
}
