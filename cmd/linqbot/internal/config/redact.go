package config

import (
	"net/url"
	"slices"
	"strings"

	"linqbot/linq/redact"
)

// Secrets returns what nobody may find in a log, in the ledger or in Slack, even if somebody else
// repeats it.
func (s *Settings) Secrets() redact.Secrets {
	var all []string
	for _, v := range Variables() {
		if v.hides != nil {
			all = append(all, v.hides(s)...)
		}
	}
	all = slices.DeleteFunc(all, func(value string) bool { // somebody's mistake, and an error has to show them the name
		return slices.ContainsFunc(Variables(), func(v Variable) bool { return v.Name == value })
	})
	return redact.New(all...).And(s.earlier)
}

// RedactToo adds the secrets of settings that were in force before.
func (s *Settings) RedactToo(old Settings) { s.earlier = old.Secrets() }

// webhookSecretsOf returns the secrets of Linq's webhooks, also without the prefix that all have.
func webhookSecretsOf(s *Settings) (all []string) {
	for _, secret := range s.webhookSecrets {
		all = append(all, secret, strings.TrimPrefix(secret, "whsec_"))
	}
	return all
}

// passwordsIn returns the password in a database's address, as written and decoded.
func passwordsIn(address string) []string {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil
	}
	passwords := []string{parsed.Query().Get("password"), parsed.Query().Get("sslpassword")}
	if password, ok := parsed.User.Password(); ok {
		_, written, _ := strings.Cut(parsed.User.String(), ":")
		passwords = append(passwords, password, written)
	}
	return passwords
}
