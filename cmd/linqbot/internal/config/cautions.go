package config

import (
	"net"
	"regexp"
	"slices"
	"strings"

	"linqbot/ledger/database"
	"linqbot/linq/loopback"
)

// Caution is a setting that may be meant so, and is more likely a mistake or a risk.
type Caution struct {
	Says string // it begins with the variable's name, and quotes no secret
	Fix  string
}

// Cautions looks at those settings that could be read.
func (s *Settings) Cautions() (found []Caution) {
	for _, secret := range s.SigningSecrets {
		if !regexp.MustCompile(`^[0-9a-fA-F]{32}$`).MatchString(secret) {
			found = append(found, Caution{
				"SLACK_SIGNING_SECRET is not 32 hexadecimal digits, as Slack's signing secrets are: if it is wrong, every request is answered 401",
				"compare it with the app's page «Basic Information», «Signing Secret»",
			})
			break
		}
	}
	if slices.Contains(s.SigningSecrets, s.LinqKey) {
		found = append(found, Caution{
			"SLACK_SIGNING_SECRET and LINQ_API_V3_API_KEY are the same: one of them was pasted into the wrong place",
			"copy each again, from Slack's page «Basic Information» and from Linq's dashboard",
		})
	}
	found = append(found, s.idCautions()...)
	if s.Policy.Everyone && len(s.Policy.Groups) > 0 {
		found = append(found, Caution{
			"ALLOWED_USERS is *, which lets in everyone in the workspace: ALLOWED_USERGROUPS narrows nothing",
			"name members in ALLOWED_USERS or unset it, or unset ALLOWED_USERGROUPS",
		})
	}
	if hosts := database.PlaintextHosts(s.DatabaseURL); len(hosts) > 0 {
		found = append(found, Caution{
			"DATABASE_URL may lead to " + strings.Join(hosts, ", ") + " without TLS: people's numbers and the password can be read on the way",
			"add sslmode=verify-full to it, unless the network between is yours alone",
		})
	}
	if host, _, err := net.SplitHostPort(s.AdminAddr); err == nil && !loopback.Is(host) {
		found = append(found, Caution{
			"ADMIN_ADDR serves metrics to other machines, at " + s.AdminAddr + ": whoever reaches it can read them",
			"write 127.0.0.1:9090 or off, or let nobody but Prometheus reach that port",
		})
	}
	return found
}

// idCautions finds ids of the wrong kind, which match nobody and nothing.
func (s *Settings) idCautions() (found []Caution) {
	kinds := map[byte]string{
		'U': "a member", 'W': "a member", 'S': "a user group", 'C': "a channel", 'G': "a channel", 'D': "a direct message",
		'T': "a team", 'E': "an enterprise", 'A': "an app", 'B': "a bot", 'F': "a file",
	}
	for _, list := range []struct {
		name, letters, fix string
		ids                []string
	}{
		{"ALLOWED_USERS", "UW", "write member ids such as U0123ABCD, and groups into ALLOWED_USERGROUPS", s.Policy.Users},
		{"ALLOWED_USERGROUPS", "S", "write user group ids such as S0123ABCD, and members into ALLOWED_USERS", s.Policy.Groups},
		{"ALLOWED_CHANNELS", "CGD", "write channel ids such as C0123ABCD", s.Policy.Channels},
		{"ADMINS", "UW", "write member ids such as U0123ABCD", s.Admins},
		{"SLACK_TEAM_IDS", "TE", "write team or enterprise ids such as T0123ABCD", s.Teams},
	} {
		for _, id := range list.ids {
			if kind := kinds[id[0]]; kind != "" && !strings.Contains(list.letters, id[:1]) {
				found = append(found, Caution{list.name + " has " + id + ", which is the id of " + kind + ": it matches nothing here", list.fix})
			}
		}
	}
	return found
}
