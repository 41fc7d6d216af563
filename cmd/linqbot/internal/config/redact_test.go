package config_test

import (
	"testing"

	"linqbot/cmd/linqbot/internal/config"
)

// A variable's name in place of its secret is a mistake that people must be able to read of.
func TestANameIsNoSecret(t *testing.T) {
	t.Parallel()
	cfg := config.Settings{SigningSecrets: []string{"SLACK_SIGNING_SECRET", "short"}}
	const text = "SLACK_SIGNING_SECRET is in short supply"
	if got := string(cfg.Secrets().Bytes([]byte(text))); got != text {
		t.Error(got)
	}
}
