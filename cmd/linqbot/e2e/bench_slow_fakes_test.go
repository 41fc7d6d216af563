package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// gate stands in front of a fake and makes it as slow as the real one. While it is shut, no request
// gets through: a stall, without an answer and without an effect.
type gate struct {
	next  http.Handler
	takes time.Duration // each answer

	mu     sync.Mutex
	opened chan struct{} // closed while the gate is open

	calls   atomic.Int64 // answered
	deletes atomic.Int64 // of them
}

// newGate serves next behind a gate that is open, and returns the URL.
func newGate(b *testing.B, next http.Handler, takes time.Duration) (*gate, string) {
	b.Helper()
	g := &gate{next: next, takes: takes, opened: make(chan struct{})}
	g.open()
	server := httptest.NewServer(g)
	b.Cleanup(func() {
		server.CloseClientConnections() // of those who still wait
		server.Close()
	})
	return g, server.URL
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = make(chan struct{})
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.opened)
}

func (g *gate) whenOpen() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.opened
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) // only then does net/http notice a client that goes away
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	select {
	case <-g.whenOpen():
	case <-r.Context().Done():
		return
	}
	select {
	case <-time.After(g.takes):
	case <-r.Context().Done():
		return
	}
	g.next.ServeHTTP(w, r)
	g.calls.Add(1)
	if r.Method == http.MethodDelete {
		g.deletes.Add(1)
	}
}

// quickSlack says yes to everything and remembers nothing, however much it is told. Its answers hold
// what the methods that the bot calls have in common.
type quickSlack struct {
	team     string
	messages atomic.Int64
}

func (s *quickSlack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.messages.Add(1)
	channel := r.FormValue("channel")
	if strings.HasSuffix(r.URL.Path, "/auth.test") {
		n = 0
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"ok":true,"team_id":%q,"url":"https://acme.slack.com/","channel":%q,"ts":"1700000000.%06d","messages":[{"ts":"1"}]}`,
		s.team, channel, n)
}
