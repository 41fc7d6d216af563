package bot

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/ingress"
	"linqbot/bot/slacktest"
	"linqbot/linq"
)

// unread is a body that must not be read.
func unread(t *testing.T) io.Reader {
	return readerFunc(func([]byte) (int, error) {
		t.Error("the body was read")
		return 0, io.EOF
	})
}

// What the headers alone rule out is refused before the body is read, on every route.
func TestHeadersComeBeforeTheBody(t *testing.T) {
	t.Parallel()
	now := func(h http.Header, signature string) {
		h.Set(slacktest.TimestampHeader, strconv.FormatInt(time.Now().Unix(), 10))
		h.Set(slacktest.SignatureHeader, signature)
	}
	slack := map[string]func(http.Header){
		"nothing":         func(http.Header) {},
		"no signature":    func(h http.Header) { h.Set(slacktest.TimestampHeader, strconv.FormatInt(time.Now().Unix(), 10)) },
		"no time":         func(h http.Header) { h.Set(slacktest.SignatureHeader, "v0="+strings.Repeat("0", 64)) },
		"no hexadecimal":  func(h http.Header) { now(h, "v0="+strings.Repeat("z", 64)) },
		"too short":       func(h http.Header) { now(h, "v0=00") },
		"another version": func(h http.Header) { now(h, "v1="+strings.Repeat("0", 64)) },
		"ten minutes ago": func(h http.Header) {
			now(h, "v0="+strings.Repeat("0", 64))
			h.Set(slacktest.TimestampHeader, strconv.FormatInt(time.Now().Unix()-600, 10))
		},
		"a day ahead": func(h http.Header) {
			now(h, "v0="+strings.Repeat("0", 64))
			h.Set(slacktest.TimestampHeader, strconv.FormatInt(time.Now().Unix()+86400, 10))
		},
		"a time without end": func(h http.Header) {
			now(h, "v0="+strings.Repeat("0", 64))
			h.Set(slacktest.TimestampHeader, strings.Repeat("9", 400))
		},
		"headers of Linq's": func(h http.Header) {
			h.Set("Webhook-Id", "1")
			h.Set("Webhook-Timestamp", "1")
			h.Set("Webhook-Signature", "v1,x")
		},
		"an empty signature":  func(h http.Header) { now(h, "") },
		"nothing but version": func(h http.Header) { now(h, "v0=") },
	}
	good := "v1," + strings.Repeat("A", 43) + "="
	webhook := func(h http.Header, id, stamp, signature string) {
		h.Set("Webhook-Id", id)
		h.Set("Webhook-Timestamp", stamp)
		h.Set("Webhook-Signature", signature)
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	ofLinq := map[string]func(http.Header){
		"nothing":        func(http.Header) {},
		"no id":          func(h http.Header) { webhook(h, "", stamp, good) },
		"no time":        func(h http.Header) { webhook(h, "1", "soon", good) },
		"stale":          func(h http.Header) { webhook(h, "1", "1531420618", good) },
		"no signature":   func(h http.Header) { webhook(h, "1", stamp, "") },
		"no base64":      func(h http.Header) { webhook(h, "1", stamp, "v1,!") },
		"a short one":    func(h http.Header) { webhook(h, "1", stamp, "v1,AAAA") },
		"of a version":   func(h http.Header) { webhook(h, "1", stamp, "v2"+good[2:]) },
		"as Slack signs": func(h http.Header) { now(h, "v0="+strings.Repeat("0", 64)) },
		"stripped":       func(h http.Header) { h.Set("X-Webhook-Signature", "abc") },
	}
	e, _ := newEventEdge(t, nil, func(c *Config) {
		c.Interactive = new(Interactive)
		verifier, err := linq.NewWebhookVerifier([]string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
		assert.NilError(t, err)
		c.Webhooks = &Webhooks{Verifier: verifier}
	})
	for path, spoilt := range map[string]map[string]func(http.Header){
		CommandsPath: slack, InteractionsPath: slack, EventsPath: slack, LinqWebhooksPath: ofLinq,
	} {
		for name, spoil := range spoilt {
			r := httptest.NewRequest(http.MethodPost, path, unread(t))
			r.Header.Set("Content-Type", formType)
			spoil(r.Header)
			assert.Check(t, e.serve(r).status == http.StatusUnauthorized, "%s %s", path, name)
		}
	}
}

// Large bodies that arrive slowly take a bounded amount of memory, and do not keep small ones out.
func TestTheBudgetOfBodies(t *testing.T) {
	t.Parallel()
	const freeBody = 16 << 10 // takes nothing of the budget
	budget := ingress.NewBodyBudget(4 * freeBody)
	e := newEdge(t, func(c *Config) { c.Bodies = budget })
	server := httptest.NewServer(e.handler)
	defer server.Close()

	var held []io.WriteCloser
	for range 2 { // each stops when it has taken half of the budget
		reader, writer := io.Pipe()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+CommandsPath, reader)
		assert.NilError(t, err)
		sign(r, testSecret, time.Now(), "")
		go func() {
			if response, err := server.Client().Do(r); err == nil {
				_ = response.Body.Close()
			}
		}()
		_, err = writer.Write(make([]byte, freeBody+1))
		assert.NilError(t, err)
		held = append(held, writer)
	}
	awaitBudget(t, budget, freeBody+1, ingress.ErrOverBudget)

	large := sized(freeBody * 2)
	r := signedRequest(t, CommandsPath, testSecret, large)
	got := e.serve(r)
	assert.Equal(t, got.status, http.StatusServiceUnavailable)
	assert.Equal(t, got.header.Get("Retry-After"), "1")
	assert.Equal(t, got.body, "")
	assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), "Recorded.")

	for _, writer := range held {
		assert.NilError(t, writer.Close())
	}
	awaitBudget(t, budget, 2*freeBody, nil) // it takes all
	assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, large))), "Recorded.")
	awaitBudget(t, budget, 2*freeBody, nil)
}

// awaitBudget waits until a body of size finds room in the budget, or none.
func awaitBudget(t *testing.T, budget *ingress.BodyBudget, size int, want error) {
	t.Helper()
	read := func() error {
		_, release, err := budget.Read(httptest.NewRequest(http.MethodPost, CommandsPath, bytes.NewReader(make([]byte, size))))
		release()
		return err
	}
	for deadline := time.Now().Add(20 * time.Second); !errors.Is(read(), want); time.Sleep(time.Millisecond) {
		assert.Assert(t, time.Now().Before(deadline), "a body of %d bytes does not end with %v", size, want)
	}
}

// However much is sent that is refused, it does not fill the disk with log lines.
func TestRefusalsAreLoggedSparingly(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	const linesAtOnce = 20 // about one cause
	const many = 50 * linesAtOnce
	for range many {
		e.serve(httptest.NewRequest(http.MethodPost, CommandsPath, strings.NewReader("x")))
		e.serve(httptest.NewRequest(http.MethodGet, "/wp-login.php", nil))
	}
	lines := strings.Count(e.log.String(), "\n")
	assert.Assert(t, lines >= linesAtOnce && lines <= 4*linesAtOnce, "%d lines", lines)
}
