// Package loopback tells whether a host is this machine. It is a leaf that every package may import.
package loopback

import (
	"net"
	"strings"
)

// Is reports whether a host, a name or an IP address without a port, is this machine.
func Is(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}
