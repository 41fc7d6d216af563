package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// Whatever is logged, by whichever part, the secrets are taken out of it: also those of settings that
// were in force before.
func TestTheLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "text"} {
		cfg, err := loadSettings(enough(map[string]string{
			"LOG_FORMAT": format, "SLACK_SIGNING_SECRET": "0123456789abcdef,fedcba9876543210", "SLACK_BOT_TOKEN": "xoxb-1234-abcd",
			"LINQ_API_V3_API_KEY": "linq/key&1=abcd", "LINQ_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
			"DATABASE_URL": "postgres://linqbot:pass%2Fword-1@db.example/linqbot?sslmode=require",
		}))
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{
			"0123456789abcdef", "fedcba9876543210", "xoxb-1234-abcd", "linq/key&1=abcd", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
			"pass/word-1", "pass%2Fword-1",
		}
		var out bytes.Buffer
		logger := newLogger(cfg, &out)
		next, err := loadSettings(enough(map[string]string{"LOG_FORMAT": format, "SLACK_BOT_TOKEN": "xoxb-5678-efgh"}))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			logger.WithField("why", "it holds "+secret).WithError(errors.New(secret)).Warn(secret)
		}
		next.earlier = cfg.secrets()
		configureLogger(logger, next)
		for _, secret := range append(secrets, "xoxb-5678-efgh") {
			logger.WithField("why", secret).Warn("after the settings were read again")
		}
		for _, secret := range append(secrets, "xoxb-5678-efgh", "linq/key", `u0026`, "pass") {
			if strings.Contains(out.String(), secret) {
				t.Errorf("%s: %s is in the log:\n%s", format, secret, out.String())
			}
		}
	}
}

// A variable's name in place of its secret is a mistake that people must be able to read of.
func TestANameIsNoSecret(t *testing.T) {
	t.Parallel()
	cfg := settings{signingSecrets: []string{"SLACK_SIGNING_SECRET", "short"}}
	const text = "SLACK_SIGNING_SECRET is in short supply"
	if got := cfg.secrets().Text(text); got != text {
		t.Error(got)
	}
}
