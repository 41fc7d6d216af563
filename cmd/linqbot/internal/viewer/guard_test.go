package viewer

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger/ledgertest"
)

const styleSheet = "/style.css"

func everyPage() []string {
	return []string{"/", "/requests/00000000", "/batches/00000000", "/health", styleSheet}
}

func TestOnlyForReading(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	for _, target := range everyPage() {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			w := f.ask(method, target)
			assert.Equal(t, w.Code, http.StatusMethodNotAllowed, "%s %s", method, target)
			assert.Equal(t, w.Header().Get("Allow"), "GET, HEAD")
		}
		assert.Assert(t, f.ask(http.MethodHead, target).Code < 405)
	}
}

func TestWhoMayLook(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	f.removed("d1", "Spring launch", "+14155550132")
	from := func(addr string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = addr } }
	by := func(host string) func(*http.Request) { return func(r *http.Request) { r.Host = host } }
	with := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for name, test := range map[string]struct {
		change func(*http.Request)
		want   int
		says   string
	}{
		"this machine":              {from("127.0.0.1:5"), 200, "Spring launch"},
		"this machine, by IPv6":     {from("[::1]:5"), 200, "Spring launch"},
		"another machine":           {from("10.0.0.7:5"), 403, "kubectl port-forward"},
		"another machine, by IPv6":  {from("[2001:db8::7]:5"), 403, "ssh -L 9090"},
		"no address":                {from(""), 403, ""},
		"a proxy":                   {with("X-Forwarded-For", "10.0.0.7"), 403, "A proxy"},
		"another proxy":             {with("Forwarded", "for=10.0.0.7"), 403, "A proxy"},
		"by localhost":              {by("localhost:9090"), 200, "Spring launch"},
		"by IPv6":                   {by("[::1]:9090"), 200, "Spring launch"},
		"by another port":           {by("127.0.0.1:1234"), 200, "Spring launch"}, // of a tunnel
		"by another name":           {by("evil.example:9090"), 403, "127.0.0.1:9090"},
		"by a name like ours":       {by("localhost.evil.example"), 403, ""},
		"by a pod's address":        {by("10.0.0.7:9090"), 403, ""},
		"by no name":                {by(""), 403, ""},
		"as a part of another site": {with("Sec-Fetch-Site", "cross-site"), 403, ""},
		"by a link of another site": {func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
		}, 200, "Spring launch"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, target := range everyPage() {
				w := f.ask(http.MethodGet, target, test.change)
				if target == styleSheet && name != "as a part of another site" {
					assert.Equal(t, w.Code, http.StatusOK, "the page that refuses needs it")
					continue
				}
				if target == "/" || test.want == http.StatusForbidden {
					assert.Equal(t, w.Code, test.want, target)
				}
				if test.want == http.StatusForbidden {
					assert.Assert(t, !strings.Contains(w.Body.String(), "Spring"), target)
				}
				if target == "/" {
					assert.Assert(t, strings.Contains(w.Body.String(), test.says), "%s", w.Body)
				}
			}
		})
	}
}

// A name of this machine's own may stand in ADMIN_ADDR. That it listens everywhere is no name.
func TestTheHostOfAdminAddr(t *testing.T) {
	t.Parallel()
	for addr, names := range map[string]map[string]bool{
		"bot.internal:9090": {"bot.internal:9090": true, "BOT.internal": true, "other.internal:9090": false, "127.0.0.1:9090": true},
		":9090":             {"": false, "bot.internal:9090": false, "localhost:9090": true},
		"0.0.0.0:9090":      {"0.0.0.0:9090": false, "[::1]:9090": true},
	} {
		v, err := New(Config{Addr: addr, Logger: quiet()})
		assert.NilError(t, err)
		for host, want := range names {
			assert.Equal(t, v.names(host), want, "%s at %s", host, addr)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	for _, target := range everyPage() {
		h := f.ask(http.MethodGet, target).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
		} {
			assert.Equal(t, h.Get(name), want, target)
		}
	}
}

// The pages need nothing from elsewhere, and no script.
func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	weight := len(f.get("/")) + len(f.get("/style.css"))
	assert.Assert(t, weight < 50_000, "%d bytes", weight)
	for _, page := range []string{f.get("/"), f.get("/health")} {
		for _, absent := range []string{"<script", "style=", "http-equiv", "https://"} {
			assert.Assert(t, !strings.Contains(page, absent), absent)
		}
	}
}

// Whatever a page reads by cannot write, so no statement of a page does.
func TestTheLedgerIsOpenedForReading(t *testing.T) {
	t.Parallel()
	ledgertest.OnEachStore(t, func(t *testing.T, url string) {
		f := newFixture(t, url)
		f.get("/")
		for _, statement := range []string{
			`UPDATE requests SET state = $1`, `DELETE FROM history WHERE cause = $1`, `INSERT INTO settings (name, value) VALUES ($1, $1)`,
		} {
			_, err := f.viewer.opened.Store().Reader().Exec(t.Context(), statement, "x")
			assert.ErrorContains(t, err, "read", statement) // "readonly database", "read-only transaction"
		}
	})
}

// Few pages are made at a time: the others are told so.
func TestBusy(t *testing.T) {
	t.Parallel()
	f := newFixture(t, ledgertest.SQLite(t))
	for range pagesAtOnce {
		f.viewer.pages <- struct{}{}
	}
	w := f.ask(http.MethodGet, "/", func(r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		*r = *r.WithContext(ctx)
	})
	assert.Equal(t, w.Code, http.StatusServiceUnavailable)
	assert.Assert(t, strings.Contains(w.Body.String(), "Busy"))
	for range pagesAtOnce {
		<-f.viewer.pages
	}
}
