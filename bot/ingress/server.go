package ingress

import (
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// NewServer returns a server with every timeout set, since each request and its answer are small. It serves 512
// connections at once, and answers 503 on those beyond. Serve it on a listener from [LimitListener]. refused, which is
// optional, is told of each request that is turned away for that. probes are paths that are answered on every
// connection.
func NewServer(addr string, handler http.Handler, refused func(Refusal), probes ...string) *http.Server {
	return newServer(addr, guard(handler, refused, probes), newConnLimit(mostConns))
}

func newServer(addr string, handler http.Handler, limit *connLimit) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ConnContext:       limit.connContext,
		ConnState:         limit.connState,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}

// LimitListener accepts no more connections than a server from [NewServer] can tell that it is busy. The rest
// wait in the system's queue.
func LimitListener(listener net.Listener) net.Listener {
	return netutil.LimitListener(listener, mostConns+spareConns)
}
