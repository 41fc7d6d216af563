// Package playground serves linqbot as a page: a Slack that one types into, the chats at Linq beside it, switches for
// trouble, and below them what really crossed. The bot is the real one, in a process of its own; everything between it,
// Slack and Linq is HTTP with real signatures. The page only plays people: Go draws all of it and carries out each act.
//
// Begin reading at [Run], then at server.go for what is served, view.go for what is shown, and acts.go for what people
// do.
package playground

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"linqbot/linq/loopback"
)

// Config says what is played, and where.
type Config struct {
	Addr     string // where the page is served; default 127.0.0.1:8080, or the next port that is free
	SlackURL string // the real Slack's Web API in place of the played one
	LinqURL  string // the real Linq in place of the played one
	Postgres bool   // keeps the ledger on the PostgreSQL server that DATABASE_URL names
	Open     bool   // opens the page in a browser
	Getenv   func(string) string
}

// Run serves the page until ctx ends.
func Run(ctx context.Context, out io.Writer, c Config) (err error) {
	listener, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // the server has closed it
	w, err := newWorld(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	addr := listener.Addr().String()
	token := rand.Text()
	server := &http.Server{
		Handler:           guard{host: addr, token: token, cookie: "linqbot_playground_" + port(addr), next: newServer(w).handler()}.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	address := "http://" + addr + "/?token=" + token
	fmt.Fprintf(out, "linqbot playground: %s  (Ctrl-C ends it)\n", address)
	if c.Open {
		openBrowser(ctx, address)
	}
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	if closed := server.Close(); closed != nil {
		return closed
	}
	if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// listen finds a place on this machine, and nowhere else.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	const usual, more = 8080, 20
	var config net.ListenConfig
	if addr != "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, fmt.Errorf("--addr %s is no address: write it with a port, such as 127.0.0.1:8080", addr)
		}
		if !loopback.Is(host) {
			return nil, fmt.Errorf("--addr %s would let others in: the page lets anybody who reaches it act, so it is served on this machine alone, such as on 127.0.0.1:8080", addr)
		}
		return config.Listen(ctx, "tcp", addr)
	}
	var last error
	for p := usual; p < usual+more; p++ {
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(p))
		if err == nil {
			return listener, nil
		}
		last = err
	}
	return nil, fmt.Errorf("no port from %d to %d is free; name another with --addr: %w", usual, usual+more-1, last)
}

func port(addr string) string {
	_, port, _ := net.SplitHostPort(addr) // a listener's own
	return port
}

// openBrowser tries; the address has been printed.
func openBrowser(ctx context.Context, address string) {
	program := "xdg-open"
	if runtime.GOOS == "darwin" {
		program = "open"
	}
	cmd := exec.CommandContext(ctx, program, address) //nolint:gosec // an address of our own
	if cmd.Start() == nil {
		go func() { _ = cmd.Wait() }()
	}
}
