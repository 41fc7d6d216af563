package commandstest

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"linqbot/linq"
	"linqbot/linq/linqtest"
)

// Linq is an in-memory Linq, and a client that calls it through pipes.
type Linq struct {
	*linqtest.Linq

	Client *linq.Client
	tb     testing.TB
	link   *link
}

// NewLinq must be called in a bubble of synctest.
func NewLinq(tb testing.TB, config linqtest.Config) *Linq {
	tb.Helper()
	server, path := linqtest.New(config), newPipes()
	front := &http.Server{Handler: server, ReadHeaderTimeout: time.Hour, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = front.Serve(path) }()
	refused := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	between := &link{open: &http.Transport{DialContext: path.dial}, refusing: &http.Transport{DialContext: refused}}
	tb.Cleanup(func() {
		between.open.CloseIdleConnections()
		_ = front.Close()
		server.Close()
	})
	client, err := linq.New(linq.Config{
		BaseURL: "http://localhost" + linqtest.Prefix, APIKey: server.APIKey(), HTTPClient: &http.Client{Transport: between},
	})
	assert.NilError(tb, err)
	return &Linq{Linq: server, Client: client, tb: tb, link: between}
}

// Fail makes the next calls of a kind go wrong, as many as times says; 0 is for all.
func (l *Linq) Fail(op linqtest.Op, times int, fault linqtest.Fault) {
	fault.Op, fault.Times = op, times
	l.Inject(fault)
}

// RefuseConnections refuses connections for calls with that method from now on, and none if it is "".
func (l *Linq) RefuseConnections(method string) {
	l.link.mu.Lock()
	defer l.link.mu.Unlock()
	l.link.method = method
}

// Count returns how many calls of a kind Linq has had.
func (l *Linq) Count(op linqtest.Op) int {
	n := 0
	for _, call := range l.Calls() {
		if call.Op == op {
			n++
		}
	}
	return n
}

// link leads calls to Linq, or into a refused connection.
type link struct {
	open, refusing *http.Transport

	mu     sync.Mutex
	method string // whose calls are refused
}

func (l *link) RoundTrip(request *http.Request) (*http.Response, error) {
	l.mu.Lock()
	refuse := request.Method == l.method
	l.mu.Unlock()
	if refuse {
		return l.refusing.RoundTrip(request)
	}
	return l.open.RoundTrip(request)
}

// pipes carry HTTP inside a bubble of synctest, where waiting on a socket would hold the clock.
type pipes struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{calls: make(chan net.Conn), closed: make(chan struct{})} }

func (w *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case w.calls <- far:
		return near, nil
	case <-w.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-w.calls:
		return conn, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *pipes) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

func (w *pipes) Addr() net.Addr { return &net.IPAddr{} }
