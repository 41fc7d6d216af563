package stage

import (
	"bufio"
	"fmt"
	"net"
	"testing"

	"gotest.tools/v3/assert"
)

// echo is a server that says each line again.
func echo(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	assert.NilError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					fmt.Fprintln(conn, lines.Text())
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func TestTheRelayIsCutAndMended(t *testing.T) {
	t.Parallel()
	relay, err := newRelay(t.Context(), "tcp", echo(t))
	assert.NilError(t, err)
	defer relay.Close()
	open := func() (ask func() error) {
		conn, err := net.Dial("tcp", relay.Addr())
		assert.NilError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		return func() error {
			if _, err := fmt.Fprintln(conn, "hello"); err != nil {
				return err
			}
			_, err := bufio.NewReader(conn).ReadString('\n')
			return err
		}
	}

	before := open()
	assert.NilError(t, before())
	relay.Cut()
	assert.Assert(t, before() != nil, "a connection outlives the cut")
	assert.Assert(t, open()() != nil, "a connection is let through after the cut")
	relay.Mend()
	assert.NilError(t, open()())
	assert.Assert(t, before() != nil, "what was cut is whole again")
	assert.NilError(t, relay.Close())
	_, err = net.Dial("tcp", relay.Addr())
	assert.Assert(t, err != nil, "it listens on after its end")
}
