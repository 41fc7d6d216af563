package takeover

import (
	"context"
	"errors"
	"net"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

var errCut = errors.New("the connections of this owner are cut")

// cutter knows the connections of a pool. Once they are cut, nothing more is sent on them, not even what the system
// has buffered.
type cutter struct {
	dial pgconn.DialFunc

	mu   sync.Mutex
	open map[*tracked]bool
	cut  bool
}

type tracked struct {
	net.Conn
	by *cutter
}

func newCutter(dial pgconn.DialFunc) *cutter {
	return &cutter{dial: dial, open: make(map[*tracked]bool)}
}

func (c *cutter) dialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := c.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		return nil, errors.Join(errCut, conn.Close())
	}
	t := &tracked{Conn: conn, by: c}
	c.open[t] = true
	return t, nil
}

// cutAll cuts the connections that there are, and those to come.
func (c *cutter) cutAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for t := range c.open {
		if tcp, ok := t.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // it may be closed
		}
		_ = t.Conn.Close() // nothing more is sent, whether it fails or not
	}
	clear(c.open)
}

// Close implements [net.Conn].
func (t *tracked) Close() error {
	t.by.mu.Lock()
	delete(t.by.open, t)
	t.by.mu.Unlock()
	return t.Conn.Close()
}
