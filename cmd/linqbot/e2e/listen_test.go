package e2e_test

import (
	"maps"
	"net"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
)

func TestAnAddressThatCannotBeListenedAt(t *testing.T) {
	t.Parallel()
	other, err := net.Listen("tcp", ":0") //nolint:gosec // a port of all addresses is taken
	assert.NilError(t, err)
	t.Cleanup(func() { _ = other.Close() })
	_, port, err := net.SplitHostPort(other.Addr().String())
	assert.NilError(t, err)
	for name, test := range map[string]struct {
		vars map[string]string
		says string
	}{
		"the admin's port":      {map[string]string{"ADMIN_ADDR": "127.0.0.1:" + port}, "ADMIN_ADDR: 127.0.0.1:" + port + " is taken: another program"},
		"Prometheus's":          {map[string]string{"ADMIN_ADDR": "127.0.0.1:" + port}, "or off; 9090 is Prometheus's own port too"},
		"the address":           {map[string]string{"LISTEN_ADDR": "127.0.0.1:" + port}, "LISTEN_ADDR: 127.0.0.1:" + port + " is taken: another program"},
		"the port":              {map[string]string{"LISTEN_ADDR": "", "PORT": port}, "PORT: :" + port + " is taken: another program"},
		"another machine's":     {map[string]string{"LISTEN_ADDR": "192.0.2.1:8080"}, "LISTEN_ADDR: 192.0.2.1:8080 is no address of this machine"},
		"the admin's, likewise": {map[string]string{"ADMIN_ADDR": "192.0.2.1:8080"}, "ADMIN_ADDR: 192.0.2.1:8080 is no address of this machine"},
	} {
		env := newEnv(t, linqtest.Config{})
		maps.Copy(env.vars, test.vars)
		_, said, err := env.run("serve")
		assert.Assert(t, err != nil && strings.Contains(said, test.says), "%s: %v\n%s", name, err, said)
	}
}
