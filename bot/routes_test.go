package bot

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/ingress"
	"linqbot/commands/invocation"
	"linqbot/commands/richtext"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, tc := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, HealthPath, http.StatusOK},
		{http.MethodHead, HealthPath, http.StatusOK},
		{http.MethodPost, HealthPath, http.StatusMethodNotAllowed},
		{http.MethodGet, ReadyPath, http.StatusOK},
		{http.MethodHead, ReadyPath, http.StatusOK},
		{http.MethodPost, ReadyPath, http.StatusMethodNotAllowed},
		{http.MethodPost, CommandsPath, http.StatusUnauthorized},
		{http.MethodGet, CommandsPath, http.StatusMethodNotAllowed},
		{http.MethodHead, CommandsPath, http.StatusMethodNotAllowed},
		{http.MethodPut, CommandsPath, http.StatusMethodNotAllowed},
		{http.MethodOptions, CommandsPath, http.StatusMethodNotAllowed},
		{http.MethodGet, "/", http.StatusNotFound},
		{http.MethodPost, "/slack", http.StatusNotFound},
		{http.MethodPost, CommandsPath + "/", http.StatusNotFound},
		{http.MethodPost, CommandsPath + "/x", http.StatusNotFound},
		{http.MethodPost, "/SLACK/COMMANDS", http.StatusNotFound},
		{http.MethodGet, "/debug/pprof/", http.StatusNotFound},
		{http.MethodGet, "/metrics", http.StatusNotFound},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			t.Parallel()
			got := e.serve(httptest.NewRequest(tc.method, tc.path, nil))
			assert.Equal(t, got.status, tc.want)
		})
	}
}

// A signed command is no command on another route.
func TestACommandElsewhereIsNotServed(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, path := range []string{"/", "/slack", "/slack/commands/", HealthPath} {
		assert.Assert(t, e.serve(signedRequest(t, path, testSecret, form("hello").Encode())).status >= http.StatusBadRequest, path)
	}
	assert.Equal(t, len(e.command.runs()), 0)
}

func TestAPanicEndsOneRequestOnly(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.command.do = func(in invocation.Invocation) richtext.Answer {
		if in.Text == "boom" {
			panic("the command broke")
		}
		return richtext.Answer{richtext.Say("Fine.")}
	}
	server := httptest.NewServer(e.handler)
	defer server.Close()
	send := func(text string) reply {
		body := form(text).Encode()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+CommandsPath, strings.NewReader(body))
		assert.NilError(t, err)
		r.Header.Set("Content-Type", formType)
		sign(r, testSecret, time.Now(), body)
		return post(t, server, r)
	}

	broken := send("boom")
	assert.Equal(t, broken.status, http.StatusInternalServerError)
	assert.Equal(t, broken.body, "")
	assert.Equal(t, said(t, send("hello")), "Fine.")
	assert.Assert(t, strings.Contains(e.log.String(), `"panic":"the command broke"`), e.log)
	assert.Assert(t, strings.Contains(e.log.String(), `"status":500`), e.log)
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the disk is full")
	e := newEdge(t, func(c *Config) { c.Ready = func(context.Context) error { return trouble } })
	get := func(path string) (int, string) {
		response := e.serve(httptest.NewRequest(http.MethodGet, path, nil))
		assert.Equal(t, response.header.Get("Content-Type"), "text/plain; charset=utf-8")
		return response.status, response.body
	}

	status, body := get(ReadyPath)
	assert.Equal(t, status, http.StatusServiceUnavailable)
	assert.Equal(t, body, "the ledger does not answer, or its workers do not run\n")
	assert.Assert(t, strings.Contains(e.log.String(), trouble.Error()), "the cause is for the log: %s", e.log)

	trouble = nil
	status, body = get(ReadyPath)
	assert.Equal(t, status, http.StatusOK)
	assert.Equal(t, body, "ready\n")

	e.bot.Drain()
	status, body = get(ReadyPath)
	assert.Equal(t, status, http.StatusServiceUnavailable)
	assert.Equal(t, body, "draining\n")
	status, body = get(HealthPath)
	assert.Equal(t, status, http.StatusOK)
	assert.Equal(t, body, "up\n")

	// What still arrives is recorded.
	assert.Equal(t, said(t, e.serve(signedRequest(t, CommandsPath, testSecret, form("hello").Encode()))), "Recorded.")
}

// A probe has a time limit of its own; one that hangs tells nobody anything.
func TestReadinessDoesNotHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEdge(t, func(c *Config) {
			c.Ready = func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			}
		})
		began := time.Now()
		got := e.serve(httptest.NewRequest(http.MethodGet, ReadyPath, nil))
		assert.Equal(t, got.status, http.StatusServiceUnavailable)
		assert.Equal(t, time.Since(began), 2*time.Second)
	})
}

// Probes come every few seconds, and a command that was answered has a line of its own: neither is
// worth another one.
func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	response := e.serve(signedRequest(t, CommandsPath+"?token=in-the-query", testSecret, form("typed "+bottest.Ann).Encode()))
	id := response.header.Get("X-Request-Id")
	assert.Assert(t, id != "")
	e.serve(httptest.NewRequest(http.MethodGet, HealthPath, nil))

	var served, probed string
	for line := range strings.Lines(e.log.String()) {
		switch {
		case strings.Contains(line, CommandsPath):
			served += line
		case strings.Contains(line, HealthPath):
			probed += line
		}
	}
	for _, want := range []string{`"level":"debug"`, `"method":"POST"`, `"status":200`, `"request_id":"` + id + `"`, `"took_ms":`} {
		assert.Assert(t, strings.Contains(served, want), "%s lacks %s", served, want)
	}
	assert.Assert(t, strings.Contains(probed, `"level":"debug"`), probed)
	e.serve(httptest.NewRequest(http.MethodPost, CommandsPath, nil))
	assert.Assert(t, strings.Contains(e.log.String(), `"level":"info","method":"POST"`), "what is refused is told: %s", e.log)
	for _, secret := range []string{"in-the-query", "4155550132", testSecret, "hooks.slack.test", "v0="} {
		assert.Assert(t, !strings.Contains(e.log.String(), secret), "the log holds %s: %s", secret, e.log)
	}
}

func TestTheServerHasTimeouts(t *testing.T) {
	t.Parallel()
	server := ingress.NewServer(":0", http.NotFoundHandler(), nil)
	for name, timeout := range map[string]time.Duration{
		"read header": server.ReadHeaderTimeout, "read": server.ReadTimeout, "write": server.WriteTimeout, "idle": server.IdleTimeout,
	} {
		assert.Assert(t, timeout > 0, name)
	}
	assert.Assert(t, server.WriteTimeout > ackTime && server.ReadTimeout >= server.ReadHeaderTimeout)
}
