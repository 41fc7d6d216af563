package main

import "testing"

// A variable's name in place of its secret is a mistake that people must be able to read of.
func TestANameIsNoSecret(t *testing.T) {
	t.Parallel()
	cfg := settings{signingSecrets: []string{"SLACK_SIGNING_SECRET", "short"}}
	const text = "SLACK_SIGNING_SECRET is in short supply"
	if got := cfg.secrets().Text(text); got != text {
		t.Error(got)
	}
}
