package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"linqbot/commands/policy"
	"linqbot/linq"
)

const whereSigningSecretIs = "copy it from the app's page «Basic Information»"

func readSigningSecrets(s *Settings, value string) error {
	s.SigningSecrets = policy.ParseIDs(value)
	if len(s.SigningSecrets) == 0 {
		return errors.New("holds no secret: " + whereSigningSecretIs)
	}
	return eachSecret(s.SigningSecrets, checkSigningSecret)
}

func checkSigningSecret(secret string) error {
	const shortest = 16
	switch err := checkSecret(secret); {
	case err != nil:
		return err
	case isSlackToken(secret):
		return errors.New("is one of Slack's tokens, not the signing secret: " + whereSigningSecretIs)
	case strings.HasPrefix(secret, "whsec_"):
		return errors.New("is the secret of Linq's webhooks, not Slack's signing secret: " + whereSigningSecretIs)
	case len(secret) < shortest:
		return errors.New("is too short for a signing secret: " + whereSigningSecretIs)
	}
	if i := strings.IndexFunc(secret, notInSigningSecret); i >= 0 {
		return fmt.Errorf("holds the character %q, which no signing secret has: %s", secret[i], whereSigningSecretIs)
	}
	return nil
}

// notInSigningSecret finds what comes of a URL, of a line of a program, or of base64.
func notInSigningSecret(r rune) bool {
	return !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.", r)
}

func readBotToken(s *Settings, value string) error {
	if err := checkSecret(value); err != nil {
		return err
	}
	if !regexp.MustCompile(`^xoxb-[A-Za-z0-9-]+$`).MatchString(value) {
		return errors.New("is no bot token: it must begin with xoxb-, and go on with letters, digits and hyphens (the app's page «OAuth & Permissions»)")
	}
	s.SlackToken = value
	return nil
}

func readLinqKey(s *Settings, value string) error {
	if err := checkSecret(value); err != nil {
		return err
	}
	if isSlackToken(value) || strings.HasPrefix(value, "whsec_") {
		return errors.New("is a token of Slack's, or the secret of a webhook: copy the key from Linq's dashboard, «API Tooling»")
	}
	s.LinqKey = value
	return wrong(linq.CheckAPIKey(value))
}

func readWebhookSecrets(s *Settings, value string) (err error) {
	secrets := policy.ParseIDs(value)
	if err := eachSecret(secrets, checkSecret); err != nil {
		return err
	}
	s.webhookSecrets = secrets
	s.Webhooks, err = linq.NewWebhookVerifier(secrets)
	return wrong(err)
}

// eachSecret checks secrets which commas separate, and says of several which ones are wrong.
func eachSecret(secrets []string, check func(string) error) error {
	var mistakes []string
	for i, secret := range secrets {
		err := check(secret)
		if err != nil && len(secrets) > 1 {
			err = fmt.Errorf("(secret %d of %d) %w", i+1, len(secrets), err)
		}
		if err != nil {
			mistakes = append(mistakes, err.Error())
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	return errors.New(strings.Join(mistakes, "; "))
}

func isSlackToken(secret string) bool {
	lower := strings.ToLower(secret)
	return strings.HasPrefix(lower, "xox") || strings.HasPrefix(lower, "xapp-")
}

// checkSecret finds what comes of copying: quotes, invisible characters, the variable's own name, or
// what stood where the secret belongs. A linqbot with such a secret would start, and refuse everybody.
// The error is the rest of a sentence, and quotes nothing of the secret but a character that none has.
func checkSecret(secret string) error {
	if name := variableIn(secret); name != "" {
		return fmt.Errorf("holds the name of a variable, %s: write the value alone, which stands behind the =", name)
	}
	if isPlaceholder(secret) {
		return errors.New("is what stands in an example for the secret: write your own")
	}
	for _, r := range secret {
		switch {
		case strings.ContainsRune("\"'`“”„‘’‚«»", r):
			return errors.New("holds a quotation mark: write the value without quotes")
		case r == ' ' || r == '\t' || r == '\r' || r == '\n':
			return errors.New("holds a space or a line break: write the value alone, and commas between several where they are allowed")
		case r <= ' ' || r > '~':
			return fmt.Errorf("holds the character %U, which no secret has and which may be invisible: copy the value again, without it", r)
		}
	}
	return nil
}

// variableIn returns the variable of linqbot's that a value names, as NAME=value or $NAME; "" if none.
func variableIn(value string) string {
	upper := strings.ToUpper(value)
	for _, v := range Variables() {
		// A word such as PORT may be part of a secret.
		if strings.Contains(v.Name, "_") && strings.Contains(upper, v.Name) {
			return v.Name
		}
	}
	return ""
}

// isPlaceholder finds words that stand apart: the letters of a secret may come together to form one.
func isPlaceholder(secret string) bool {
	if strings.ContainsAny(secret, "<>*•…") || strings.Contains(secret, "...") || strings.HasPrefix(secret, "$") {
		return true
	}
	if strings.Trim(secret, secret[:1]) == "" && len(secret) > 1 { // such as xxxxxxxx
		return true
	}
	return regexp.MustCompile(`(?i)(^|[^a-z0-9])(your[a-z]*|change[-_]?me|replace[-_]?me|placeholder|example|todo|dummy|x{3,})([^a-z0-9]|$)`).MatchString(secret)
}
