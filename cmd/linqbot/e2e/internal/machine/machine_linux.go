// Package machine runs a program as on a machine of its own, whose cable a test can pull. The other end then learns
// nothing of it. It is a network namespace of Linux and a pair of devices. It knows nothing of what runs there. Begin
// with [New].
package machine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// variable, if it is set, says that there are machines: tests that need one fail without it. Otherwise they are
// skipped.
const variable = "LINQBOT_TEST_MACHINES"

// Machine is another machine, at the other end of a cable.
type Machine struct {
	Addr string // its IP address
	Ours string // ours, as it sees us

	name string
}

// New returns a machine, which is there until the test ends.
func New(t testing.TB) *Machine {
	t.Helper()
	number := rand.Uint32() //nolint:gosec // a name that nobody else has
	// 198.18.0.0/15 is for tests between machines (RFC 2544).
	network := fmt.Sprintf("198.%d.%d.", 18+number>>31, number>>8&255)
	first := number & 63 << 2
	m := &Machine{
		Ours: fmt.Sprint(network, first+1), Addr: fmt.Sprint(network, first+2),
		name: fmt.Sprintf("linqbot-%08x", number),
	}
	near, far := fmt.Sprintf("lq%08x", number), "cable"
	t.Cleanup(func() { // there may be none
		_ = ip("link", "delete", near) // connections that nobody ends would keep it, with the namespace, for minutes
		_ = ip("netns", "delete", m.name)
	})
	for _, args := range []string{
		"netns add " + m.name,
		"-n " + m.name + " link set lo up",
		"link add " + near + " type veth peer name " + far + " netns " + m.name,
		"address add " + m.Ours + "/30 dev " + near,
		"link set " + near + " up",
		"-n " + m.name + " address add " + m.Addr + "/30 dev " + far,
		"-n " + m.name + " link set " + far + " up",
	} {
		if err := ip(strings.Fields(args)...); err != nil {
			if os.Getenv(variable) != "" {
				t.Fatal(err)
			}
			t.Skipf("needs Linux, root and iproute2 to make a network namespace: %v", err)
		}
	}
	return m
}

// Pull pulls the cable. What is sent from then on is lost at both ends.
func (m *Machine) Pull(t testing.TB) {
	t.Helper()
	if err := ip("-n", m.name, "link", "set", "cable", "down"); err != nil {
		t.Fatal(err)
	}
}

// Run has a command run on the machine.
func (m *Machine) Run(cmd *exec.Cmd) error {
	program, err := exec.LookPath("ip")
	if err != nil {
		return err
	}
	cmd.Args = append([]string{program, "netns", "exec", m.name, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = program
	return nil
}

// Listen listens on the machine's loopback. Who connects there needs no cable.
func (m *Machine) Listen() (listener net.Listener, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the thread is in the namespace, and ends with this
		var namespace *os.File
		if namespace, err = os.Open("/run/netns/" + m.name); err != nil {
			return
		}
		defer func() { _ = namespace.Close() }() // it was only read
		if err = unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET); err != nil {
			return
		}
		listener, err = new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	}()
	<-done
	return listener, err
}

func ip(args ...string) error {
	said, err := exec.CommandContext(context.Background(), "ip", args...).CombinedOutput() //nolint:gosec // our own arguments
	if err != nil {
		return fmt.Errorf("ip %s: %w %s", strings.Join(args, " "), err, said)
	}
	return nil
}
