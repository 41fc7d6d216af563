package connect

import (
	"slices"
	"strings"

	"linqbot/linq/loopback"
)

// PlaintextHosts returns the other machines to which a URL may lead without TLS. It asks the
// driver, which goes on without TLS unless sslmode says otherwise, in the URL or in PGSSLMODE.
func PlaintextHosts(databaseURL string) (hosts []string) {
	config, err := Config(databaseURL)
	if err != nil {
		return nil // CheckURL says so
	}
	add := func(host string) {
		if !isLocal(host) && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if config.ConnConfig.TLSConfig == nil {
		add(config.ConnConfig.Host)
	}
	for _, next := range config.ConnConfig.Fallbacks {
		if next.TLSConfig == nil {
			add(next.Host)
		}
	}
	return hosts
}

// isLocal tells whether a host is this machine, or the folder of a Unix socket.
func isLocal(host string) bool {
	return strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || loopback.Is(host)
}
