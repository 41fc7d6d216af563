package ingress

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

const probePath = "/healthz"

// serve answers probes, and knows nothing else.
func serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != probePath {
		w.WriteHeader(http.StatusNotFound)
	}
}

// startServer serves as many connections as limit says.
func startServer(t *testing.T, limit *connLimit, handler http.Handler) string {
	t.Helper()
	server := newServer("", handler, limit)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	assert.NilError(t, err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
}

// ask sends a request on a connection and returns the answer. It says in Connection whether the server closes it.
func ask(t *testing.T, conn net.Conn, path string) reply {
	t.Helper()
	assert.NilError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
	assert.NilError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	assert.NilError(t, err)
	_, err = io.Copy(io.Discard, response.Body)
	assert.NilError(t, err)
	assert.NilError(t, response.Body.Close())
	if response.Close {
		response.Header.Set("Connection", "close")
	}
	return reply{status: response.StatusCode, header: response.Header}
}

func dialTo(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	assert.NilError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestConnectionsBeyondTheLimitAreToldSo(t *testing.T) {
	t.Parallel()
	refusals := make(chan Refusal, 9)
	hold := make(chan struct{})
	entered := make(chan struct{}, 2)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hold" {
			entered <- struct{}{}
			<-hold
			return
		}
		serve(w, r)
	})
	addr := startServer(t, newConnLimit(2), guard(handler, func(why Refusal) { refusals <- why }, []string{probePath}))
	for range 2 {
		busy := dialTo(t, addr)
		_, err := io.WriteString(busy, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n")
		assert.NilError(t, err)
		<-entered
	}

	got := ask(t, dialTo(t, addr), "/")
	assert.Equal(t, got.status, http.StatusServiceUnavailable)
	assert.Equal(t, got.header.Get("Retry-After"), "1")
	assert.Equal(t, got.header.Get("Connection"), "close")
	assert.Equal(t, <-refusals, tooManyConnections)
	probe := ask(t, dialTo(t, addr), probePath)
	assert.Equal(t, probe.status, http.StatusOK)
	assert.Equal(t, probe.header.Get("Connection"), "close")
	close(hold)
}

// A new connection takes the place of the one that has been idle for longest.
func TestAnIdleConnectionMakesRoom(t *testing.T) {
	t.Parallel()
	limit := newConnLimit(2)
	addr := startServer(t, limit, guard(http.HandlerFunc(serve), func(why Refusal) { t.Error(why) }, nil))
	var conns []net.Conn
	for i := range 2 {
		conns = append(conns, dialTo(t, addr))
		assert.Equal(t, ask(t, conns[i], probePath).status, http.StatusOK)
		limit.awaitIdle(t, i+1) // the server notices after the answer
	}
	first, second := conns[0], conns[1]

	assert.Equal(t, ask(t, dialTo(t, addr), "/nowhere").status, http.StatusNotFound)
	_, err := first.Read(make([]byte, 1))
	assert.Assert(t, errors.Is(err, io.EOF), "%v", err)
	assert.Equal(t, ask(t, second, probePath).status, http.StatusOK)
}

// A client that connects and says nothing keeps nobody out.
func TestASilentConnectionMakesRoom(t *testing.T) {
	t.Parallel()
	limit := newConnLimit(2)
	addr := startServer(t, limit, guard(http.HandlerFunc(serve), func(why Refusal) { t.Error(why) }, nil))
	first := dialTo(t, addr)
	limit.awaitIdle(t, 1)
	dialTo(t, addr)
	limit.awaitIdle(t, 2)

	assert.Equal(t, ask(t, dialTo(t, addr), "/nowhere").status, http.StatusNotFound)
	_, err := first.Read(make([]byte, 1))
	assert.Assert(t, errors.Is(err, io.EOF), "%v", err)
}

func (l *connLimit) awaitIdle(t *testing.T, want int) {
	t.Helper()
	idle := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.idle.Len()
	}
	for deadline := time.Now().Add(20 * time.Second); idle() != want; time.Sleep(time.Millisecond) {
		assert.Assert(t, time.Now().Before(deadline), "%d connections are idle", idle())
	}
}
