package config

import (
	"net"
	"regexp"
	"strings"

	"linqbot/cmd/linqbot/internal/address"
	"linqbot/ledger"
)

// Caution is a setting that may be meant so, and is more likely a mistake or a risk.
type Caution struct {
	Says string // it begins with the variable's name, and quotes no secret
	Fix  string
}

// Cautions looks at settings as far as they are right.
func (s *Settings) Cautions() (found []Caution) {
	for _, secret := range s.SigningSecrets {
		if !regexp.MustCompile(`^[0-9a-fA-F]{32}$`).MatchString(secret) {
			found = append(found, Caution{
				"SLACK_SIGNING_SECRET is not 32 hexadecimal digits, as Slack's signing secrets are: if it is wrong, every request is answered 401",
				"compare it with the app's page «Basic Information», *Signing Secret*",
			})
			break
		}
	}
	if s.Policy.Everyone && len(s.Policy.Groups) > 0 {
		found = append(found, Caution{
			"ALLOWED_USERS is *, which lets in everyone in the workspace: ALLOWED_USERGROUPS narrows nothing",
			"name members in ALLOWED_USERS or unset it, or unset ALLOWED_USERGROUPS",
		})
	}
	if hosts := ledger.PlaintextHosts(s.DatabaseURL); len(hosts) > 0 {
		found = append(found, Caution{
			"DATABASE_URL may lead to " + strings.Join(hosts, ", ") + " without TLS: people's numbers and the password can be read on the way",
			"add sslmode=verify-full to it, unless the network between is yours alone",
		})
	}
	if host, _, err := net.SplitHostPort(s.AdminAddr); err == nil && !address.IsLoopback(host) {
		found = append(found, Caution{
			"ADMIN_ADDR serves metrics to other machines, at " + s.AdminAddr + ": whoever reaches it can read them",
			"write 127.0.0.1:9090 or off, or let nobody but Prometheus reach that port",
		})
	}
	return found
}
