package main

import (
	"net/url"
	"slices"
	"strings"

	"linqbot/linq/redact"
)

// secrets are what nobody is to find in a log, in the ledger or in Slack, also when somebody else
// repeats it.
func (s *settings) secrets() redact.Secrets {
	all := append([]string{s.slackToken, s.linqKey}, s.signingSecrets...)
	for _, secret := range s.webhookSecrets {
		all = append(all, secret, strings.TrimPrefix(secret, "whsec_"))
	}
	all = append(all, passwordsIn(s.databaseURL)...)
	all = slices.DeleteFunc(all, func(value string) bool { // somebody's mistake, and the name is what tells them
		return slices.ContainsFunc(variables(), func(v variable) bool { return v.name == value })
	})
	return redact.New(all...).And(s.earlier)
}

// redactToo takes the secrets of settings that were in force before for secrets as well.
func (s *settings) redactToo(old settings) { s.earlier = old.secrets() }

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
