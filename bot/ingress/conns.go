package ingress

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
)

const (
	// mostConns is how many connections are served at once. Slack and a proxy need a few dozen.
	mostConns = 512
	// spareConns is how many more are accepted to be told that there are too many.
	spareConns = 64
)

// connLimit bounds the connections of a server. A new one takes the place of the one that has been idle for longest,
// whether it was answered or never sent anything. If none is idle, the requests of the new one are answered with
// 503, and it is closed.
type connLimit struct {
	most int

	mu    sync.Mutex
	conns map[net.Conn]*list.Element // its place among the idle ones; nil while it sends or is answered
	idle  *list.List                 // the longest idle first
}

func newConnLimit(most int) *connLimit {
	return &connLimit{most: most, conns: make(map[net.Conn]*list.Element), idle: list.New()}
}

// overLimitKey is the context key of a connection that is one too many.
type overLimitKey struct{}

// connContext implements [http.Server.ConnContext].
func (l *connLimit) connContext(ctx context.Context, conn net.Conn) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	oldest := l.idle.Front()
	l.conns[conn] = l.idle.PushBack(conn)
	if len(l.conns) <= l.most {
		return ctx
	}
	if oldest != nil {
		if victim, ok := oldest.Value.(net.Conn); ok {
			l.drop(victim)
			_ = victim.Close() // the server notices, and lets go of it
			return ctx
		}
	}
	return context.WithValue(ctx, overLimitKey{}, true)
}

// connState implements [http.Server.ConnState].
func (l *connLimit) connState(conn net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	place, known := l.conns[conn]
	if !known {
		return
	}
	switch state {
	case http.StateIdle:
		if place == nil {
			l.conns[conn] = l.idle.PushBack(conn)
		}
	case http.StateActive:
		if place != nil {
			l.idle.Remove(place)
			l.conns[conn] = nil
		}
	case http.StateClosed, http.StateHijacked:
		l.drop(conn)
	}
}

// drop forgets a connection.
func (l *connLimit) drop(conn net.Conn) {
	if place := l.conns[conn]; place != nil {
		l.idle.Remove(place)
	}
	delete(l.conns, conn)
}

// guard answers the requests of a connection that is one too many. Probes are answered as ever: a process
// that is busy is not to be taken for one that is broken.
func guard(next http.Handler, refused func(Refusal), probes []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		over, _ := r.Context().Value(overLimitKey{}).(bool)
		if over {
			w.Header().Set("Connection", "close")
		}
		if !over || slices.Contains(probes, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if refused != nil {
			refused(tooManyConnections)
		}
		RefuseBusy(w)
	})
}

// RefuseBusy asks the client to come again in a second.
func RefuseBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
}
