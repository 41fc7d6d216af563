package viewer

import (
	"net"
	"net/http"
	"strings"

	"linqbot/linq/loopback"
)

// guard lets in only requests from this machine, and only those that read. Metrics at the same address may be open to
// others, so the address alone does not say who asks.
func (v *Viewer) guard(pages http.Handler) http.Handler {
	return v.forReading(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !isLocal(r):
			v.render(w, http.StatusForbidden, "remote", "Not from here", v.port())
		case !v.names(r.Host):
			v.render(w, http.StatusForbidden, "host", "Not by this name", v.port())
		case isAsset(r):
			v.render(w, http.StatusForbidden, "host", "Not from another site", v.port())
		default:
			pages.ServeHTTP(w, r)
		}
	})
}

// style serves the style sheet, which tells nothing of anybody, also to those whom guard refuses: the page that says so
// needs it.
func (v *Viewer) style() http.Handler {
	return v.forReading(func(w http.ResponseWriter, r *http.Request) {
		if isAsset(r) {
			v.render(w, http.StatusForbidden, "host", "Not from another site", v.port())
			return
		}
		http.ServeFileFS(w, r, files, "pages/style.css")
	})
}

func (v *Viewer) forReading(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			v.render(w, http.StatusMethodNotAllowed, "readonly", "Only for reading", nil)
			return
		}
		next(w, r)
	})
}

func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
}

// isLocal reports whether a request comes from this machine. A proxy on it speaks for others.
func isLocal(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && loopback.Is(host) && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}

// names reports whether a Host is one of ours. Any other may be a site's that points its name at this machine, to read
// with the browser of somebody who may (DNS rebinding).
func (v *Viewer) names(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return loopback.Is(host) || v.host != "" && !net.ParseIP(v.host).IsUnspecified() && strings.EqualFold(host, v.host)
}

// isAsset reports whether another site asks for a page as a part of its own. To follow a link to it is fine.
func isAsset(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// port is that of ADMIN_ADDR, for examples.
func (v *Viewer) port() string {
	if _, port, err := net.SplitHostPort(v.cfg.Addr); err == nil {
		return port
	}
	return "9090"
}
