package playground

import (
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// guard lets in only the person at this machine. A request has to bring the token, name our host, and come from a page
// of our own.
type guard struct {
	host   string // where the page is served, with the port
	token  string
	cookie string // the name, which has the port in it: cookies are shared by all ports of a host
	next   http.Handler
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (g guard) handler() http.Handler {
	sameSite := http.NewCrossOriginProtection()
	return g.headers(sameSite.Handler(http.HandlerFunc(g.admit)))
}

func (g guard) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !g.isHere(r.Host) {
			http.Error(w, "This page is served at "+g.host+" alone.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isHere checks the name by which a browser came here, since somebody may have pointed another name at this machine.
func (g guard) isHere(host string) bool {
	_, port, err := net.SplitHostPort(g.host)
	return host == g.host || err == nil && host == net.JoinHostPort("localhost", port)
}

// admit takes the token from the address once, and from the cookie afterwards.
func (g guard) admit(w http.ResponseWriter, r *http.Request) {
	if given := r.URL.Query().Get("token"); given != "" && r.Method == http.MethodGet && g.isToken(given) {
		//nolint:gosec // there is no TLS on loopback, so the cookie cannot be Secure
		http.SetCookie(w, &http.Cookie{Name: g.cookie, Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	} else if cookie, err := r.Cookie(g.cookie); err != nil || !g.isToken(cookie.Value) {
		http.Error(w, "Open the address that linqbot printed: it holds the token for this page.", http.StatusForbidden)
		return
	}
	if fetched := r.Header.Get("Sec-Fetch-Site"); strings.HasPrefix(fetched, "cross-") && r.URL.Path != "/" {
		http.Error(w, "Another site may not read this.", http.StatusForbidden)
		return
	}
	g.next.ServeHTTP(w, r)
}

func (g guard) isToken(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(g.token)) == 1
}
