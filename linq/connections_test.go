package linq_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
)

// Calls side by side find the connections of those before them, even with as many as linqbot may be
// told to make: 100 in each of three lanes.
func TestCallsSideBySideKeepTheirConnections(t *testing.T) {
	t.Parallel()
	const calls = 300
	var opened atomic.Int32
	gate := newGate(calls)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		gate.pass()
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte(`{"status": "accepted"}`))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client, err := linq.New(linq.Config{BaseURL: server.URL, APIKey: testKey})
	assert.NilError(t, err)
	t.Cleanup(client.CloseIdleConnections)

	for range 3 {
		var all sync.WaitGroup
		for range calls {
			all.Go(func() { assert.Check(t, remove(t.Context(), t, client)) })
		}
		all.Wait()
	}
	assert.Equal(t, opened.Load(), int32(calls))
}

// gate lets nobody pass before so many have come, again and again.
type gate struct {
	size int

	mu   sync.Mutex
	here int
	open chan struct{}
}

func newGate(size int) *gate { return &gate{size: size, open: make(chan struct{})} }

func (g *gate) pass() {
	g.mu.Lock()
	open := g.open
	if g.here++; g.here == g.size {
		close(open)
		g.here, g.open = 0, make(chan struct{})
	}
	g.mu.Unlock()
	<-open
}
