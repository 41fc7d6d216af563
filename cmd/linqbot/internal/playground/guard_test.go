package playground

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

const here = "127.0.0.1:8080"

// ask sends a request to a page that is guarded, as a browser at this machine would but for what change does to it.
func ask(method, target string, change func(*http.Request)) *httptest.ResponseRecorder {
	g := guard{host: here, token: "secret", cookie: "c", next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})}
	r := httptest.NewRequest(method, target, http.NoBody)
	r.Host = here
	r.Header.Set("Cookie", "c=secret")
	if method == http.MethodPost {
		r.Header.Set("Origin", "http://"+here)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	g.handler().ServeHTTP(w, r)
	return w
}

func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	noCookie := func(r *http.Request) { r.Header.Del("Cookie") }
	for name, test := range map[string]struct {
		method, target string
		change         func(*http.Request)
		want           int
	}{
		"with the cookie":            {http.MethodGet, "/", nil, 204},
		"with the token":             {http.MethodGet, "/?token=secret", noCookie, 204},
		"by the name localhost":      {http.MethodGet, "/", func(r *http.Request) { r.Host = "localhost:8080" }, 204},
		"an act":                     {http.MethodPost, "/act/say", nil, 204},
		"with nothing":               {http.MethodGet, "/", noCookie, 403},
		"with a wrong token":         {http.MethodGet, "/?token=guessed", noCookie, 403},
		"with a wrong cookie":        {http.MethodGet, "/", func(r *http.Request) { r.Header.Set("Cookie", "c=guessed") }, 403},
		"an act by token":            {http.MethodPost, "/act/say?token=secret", noCookie, 403},
		"a name that was rebound":    {http.MethodGet, "/", func(r *http.Request) { r.Host = "evil.example:8080" }, 421},
		"another port":               {http.MethodGet, "/", func(r *http.Request) { r.Host = "127.0.0.1:9090" }, 421},
		"an act of another site":     {http.MethodPost, "/act/say", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"an act of another port":     {http.MethodPost, "/act/say", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, 403},
		"an act of an old browser":   {http.MethodPost, "/act/say", func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "http://evil.example") }, 403},
		"panes read by another site": {http.MethodGet, "/panes", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		"a link on another site":     {http.MethodGet, "/", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 204},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := ask(test.method, test.target, test.change)
			assert.Equal(t, answer.Code, test.want)
			for header, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
					"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			} {
				assert.Equal(t, answer.Header().Get(header), want)
			}
		})
	}
}

func TestTheCookieIsForThisPageAlone(t *testing.T) {
	t.Parallel()
	cookie := ask(http.MethodGet, "/?token=secret", nil).Header().Get("Set-Cookie")
	for _, part := range []string{"c=secret", "HttpOnly", "SameSite=Strict"} {
		assert.Assert(t, strings.Contains(cookie, part), cookie)
	}
	assert.Equal(t, ask(http.MethodGet, "/", nil).Header().Get("Set-Cookie"), "")
}

func TestItListensOnThisMachineAlone(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:8080", "example.com:80"} {
		_, err := listen(t.Context(), addr)
		assert.ErrorContains(t, err, "this machine alone", addr)
	}
	_, err := listen(t.Context(), "127.0.0.1")
	assert.ErrorContains(t, err, "write it with a port")

	first, err := listen(t.Context(), "")
	assert.NilError(t, err)
	defer first.Close()
	second, err := listen(t.Context(), "")
	assert.NilError(t, err)
	defer second.Close()
	assert.Assert(t, first.Addr().String() != second.Addr().String())
}
