package slacktest

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve listens and serves until stop is called. Stop is an outage: it cuts every connection, then
// waits for the handlers to end. Serving again afterwards listens on the same address with the
// state kept, so that a bot finds Slack where it was. An error says why it could not listen.
func (s *Slack) Serve() (stop func(), err error) {
	s.mu.Lock()
	addr := cmp.Or(s.addr, "127.0.0.1:0")
	s.mu.Unlock()

	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("slacktest: listen: %w", err)
	}
	s.mu.Lock()
	s.addr = listener.Addr().String()
	s.mu.Unlock()

	var stopping struct {
		sync.RWMutex // held for reading by each handler
		done         bool
	}
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			stopping.RLock()
			defer stopping.RUnlock()
			if stopping.done {
				panic(http.ErrAbortHandler)
			}
			s.ServeHTTP(w, r)
		}),
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // always ErrServerClosed: nothing but stop ends it
	}()
	return sync.OnceFunc(func() {
		_ = server.Close() // the listener and the connections are gone either way
		<-served
		stopping.Lock()
		defer stopping.Unlock()
		stopping.done = true
	}), nil
}

// URL returns the base address without a final slash: where [Slack.Serve] listened last, "" if it never
// did.
func (s *Slack) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.baseURL()
}

// APIURL returns the base of the Web API, with its final slash, as clients want it.
func (s *Slack) APIURL() string { return s.URL() + "/api/" }

func (s *Slack) baseURL() string {
	if s.addr == "" {
		return ""
	}
	return "http://" + s.addr
}
