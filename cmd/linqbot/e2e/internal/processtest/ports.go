package processtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
)

// Ports hands out addresses on loopback, each once.
type Ports struct{ last atomic.Uint32 }

// NewPorts begins at a random port. Share it between all tests of a run.
func NewPorts() *Ports {
	p := new(Ports)
	p.last.Store(rand.Uint32N(1 << 16))
	return p
}

// Free returns an address below the ports that the system gives to connections. So nobody else takes it while the
// linqbot that listens there is down.
func (p *Ports) Free(t testing.TB) string {
	t.Helper()
	const lowest, count = 10000, 15000
	for range count {
		addr := fmt.Sprint("127.0.0.1:", lowest+p.last.Add(1)%count)
		listener, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	t.Fatal("no port is free")
	return ""
}
