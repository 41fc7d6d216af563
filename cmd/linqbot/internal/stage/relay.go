package stage

import (
	"context"
	"io"
	"net"
	"sync"
)

// Relay stands between the bot and its PostgreSQL server, on loopback. It passes on what it gets, until it is cut.
type Relay struct {
	listener     net.Listener
	network, end string // where the server is

	mu   sync.Mutex
	cut  bool
	open map[net.Conn]bool // both ends of each connection
}

func newRelay(ctx context.Context, network, address string) (*Relay, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{listener: listener, network: network, end: address, open: map[net.Conn]bool{}}
	go r.serve(context.WithoutCancel(ctx))
	return r, nil
}

// Addr returns where it listens.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// Cut ends all connections and refuses new ones, like a server that goes down.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
	for conn := range r.open {
		_ = conn.Close() // it is gone either way
	}
	clear(r.open)
}

// Mend lets connections through again.
func (r *Relay) Mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = false
}

// Close ends it for good.
func (r *Relay) Close() error {
	err := r.listener.Close()
	r.Cut()
	return err
}

func (r *Relay) serve(ctx context.Context) {
	for {
		bot, err := r.listener.Accept()
		if err != nil {
			return
		}
		go r.relay(ctx, bot)
	}
}

func (r *Relay) relay(ctx context.Context, bot net.Conn) {
	defer bot.Close() //nolint:errcheck // it is over
	var dialer net.Dialer
	server, err := dialer.DialContext(ctx, r.network, r.end)
	if err != nil {
		return
	}
	defer server.Close() //nolint:errcheck // it is over
	if !r.admit(bot, server) {
		return
	}
	defer r.forget(bot, server)
	over := make(chan struct{}, 2)
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // it ends when either end does
		over <- struct{}{}
	}
	go pass(server, bot)
	go pass(bot, server)
	<-over
}

func (r *Relay) admit(ends ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cut {
		return false
	}
	for _, end := range ends {
		r.open[end] = true
	}
	return true
}

func (r *Relay) forget(ends ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, end := range ends {
		delete(r.open, end)
	}
}
