package config

import (
	"net/url"
	"slices"
	"strings"

	"linqbot/linq/redact"
)

// Secrets are what nobody is to find in a log, in the ledger or in Slack, also when somebody else
// repeats it.
func (s *Settings) Secrets() redact.Secrets {
	var all []string
	for _, v := range Variables() {
		if v.hides != nil {
			all = append(all, v.hides(s)...)
		}
	}
	all = slices.DeleteFunc(all, func(value string) bool { // somebody's mistake, and the name is what tells them
		return slices.ContainsFunc(Variables(), func(v Variable) bool { return v.Name == value })
	})
	return redact.New(all...).And(s.earlier)
}

// RedactToo takes the secrets of settings that were in force before for secrets as well.
func (s *Settings) RedactToo(old Settings) { s.earlier = old.Secrets() }

// webhookSecretsOf returns the secrets of Linq's webhooks, also without the prefix that all have.
func webhookSecretsOf(s *Settings) (all []string) {
	for _, secret := range s.webhookSecrets {
		all = append(all, secret, strings.TrimPrefix(secret, "whsec_"))
	}
	return all
}

// passwordsIn returns the password of a database's address, as it is written there and as it is meant.
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
