package e2e_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// build is how the program under test names its build.
func (env *testEnv) build() string {
	env.t.Helper()
	out, mistakes, _ := env.run("doctor", "--json") // it may find something wrong
	var report struct{ Build string }
	assert.NilError(env.t, json.Unmarshal([]byte(out), &report), mistakes)
	return report.Build
}

func TestDoctorOnThePublicAddress(t *testing.T) {
	t.Parallel()
	env := newDoctorEnv(t, asTheManifestHasThem)
	env.start()
	behind := &url.URL{Scheme: "http", Host: env.addr}
	serve := func(handler http.Handler, tls bool) string {
		server := httptest.NewUnstartedServer(handler)
		if tls {
			server.StartTLS()
		} else {
			server.Start()
		}
		t.Cleanup(server.Close)
		return server.URL
	}
	answers := func(status int) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Location", "https://elsewhere.example/")
			out.WriteHeader(status)
		})
	}
	canned := http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		_, _ = out.Write([]byte(`{"challenge":"of somebody else"}`))
	})
	another := httputil.NewSingleHostReverseProxy(behind)
	another.ModifyResponse = func(r *http.Response) error { r.Header.Set("X-Linqbot-Build", "0.1"); return nil }
	// Whether the program under test knows its commit depends on where and how it was built.
	halfKnown := "development"
	if env.build() == halfKnown {
		halfKnown += " 0123456789abcdef0123456789abcdef01234567"
	}
	committed := httputil.NewSingleHostReverseProxy(behind)
	committed.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("X-Linqbot-Build", halfKnown)
		return nil
	}
	slackAlone := http.NewServeMux()
	slackAlone.Handle("/slack/", httputil.NewSingleHostReverseProxy(behind))
	changes := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Header.Set("X-Slack-Request-Timestamp", "1")
	}}
	without := func(name string) http.Handler {
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(behind)
			r.Out.Header.Del(name)
		}}
	}
	otherBody := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Body, r.Out.ContentLength = io.NopCloser(strings.NewReader("{}")), 2
	}}
	password := http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("WWW-Authenticate", "Basic")
		out.WriteHeader(http.StatusUnauthorized)
	})
	prefix := http.StripPrefix("/tools", httputil.NewSingleHostReverseProxy(behind))
	for name, test := range map[string]struct{ address, status, found string }{
		"it is reached":         {"http://" + env.addr, "ok", "reaches this build"},
		"by a route's address":  {"http://" + env.addr + "/slack/events", "ok", "[0-9]/slack/events reaches"},
		"through a path":        {serve(prefix, false) + "/tools/", "ok", "/tools/slack/events reaches"},
		"no such name":          {"https://linqbot.invalid", "failure", "linqbot.invalid"},
		"nobody listens":        {"http://" + freeAddr(t), "failure", "no connection"},
		"an unknown authority":  {serve(another, true), "failure", "^TLS: "},
		"no TLS":                {strings.Replace(serve(another, false), "http:", "https:", 1), "failure", "^TLS: "},
		"a path that is not":    {serve(answers(http.StatusNotFound), false), "failure", "404 Not Found: .*path"},
		"a proxy alone":         {serve(answers(http.StatusBadGateway), false), "failure", "proxy does not reach"},
		"a redirect":            {serve(answers(http.StatusMovedPermanently), false), "failure", "redirects to https://elsewhere.example/"},
		"something else":        {serve(answers(http.StatusOK), false), "failure", "something else"},
		"a canned answer":       {serve(canned, false), "failure", "something else"},
		"a changed time":        {serve(changes, false), "failure", `401\): the time in it is more than five minutes`},
		"a changed body":        {serve(otherBody, false), "failure", `401\): .* another signing secret, or the request was changed`},
		"a stripped signature":  {serve(without("X-Slack-Signature"), false), "failure", "the header X-Slack-Signature was removed"},
		"a stripped time":       {serve(without("X-Slack-Request-Timestamp"), false), "failure", "the header X-Slack-Request-Timestamp was removed"},
		"a password":            {serve(password, false), "failure", "asks for a password"},
		"a refusal of a proxy":  {serve(answers(http.StatusUnauthorized), false), "failure", "refuses the signature"},
		"another build":         {serve(another, false), "failure", "another build: 0.1; this one is development"},
		"Slack's path alone":    {serve(slackAlone, false), "failure", "/linq/webhooks answers 404"},
		"one without a commit":  {serve(committed, false), "warning", "one of the two does not know its commit"},
		"not an address at all": {"http://192.0.2.1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.status == "" {
				out, mistakes, err := env.run("doctor", "--url", test.address)
				assert.Assert(t, err != nil && out == "" && strings.Contains(mistakes, "--url must be an https URL"), "%s%s", out, mistakes)
				return
			}
			found, _ := env.doctor("--url", test.address)
			wantFinding(t, found, "public address", test.status, test.found, "")
		})
	}
	t.Run("no secret", func(t *testing.T) {
		body := strings.NewReader(`{"type":"url_verification","challenge":"x"}`)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+env.addr+"/slack/events", body)
		assert.NilError(t, err)
		response, err := http.DefaultClient.Do(request)
		assert.NilError(t, err)
		defer response.Body.Close()
		assert.Equal(t, response.StatusCode, http.StatusUnauthorized)
		assert.Equal(t, response.Header.Get("X-Linqbot-Build"), "", "whoever asks learns the build")
	})
	t.Run("another secret", func(t *testing.T) {
		other := *env
		other.t, other.vars = t, maps.Clone(env.vars)
		other.vars["SLACK_SIGNING_SECRET"] = "another-signing-secret"
		found, _ := other.doctor("--url", "http://"+env.addr)
		wantFinding(t, found, "public address", "failure", "refuses the signature", "SLACK_SIGNING_SECRET")
	})
}
