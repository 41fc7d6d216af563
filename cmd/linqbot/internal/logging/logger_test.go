package logging

import (
	"bytes"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/terminal"
)

// environment is the least that is right, and more.
func environment(and map[string]string) func(string) string {
	env := map[string]string{
		"SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef", "SLACK_BOT_TOKEN": "xoxb-1", "LINQ_API_V3_API_KEY": "k", "ALLOWED_USERS": "U1",
	}
	maps.Copy(env, and)
	return func(name string) string { return env[name] }
}

// Whatever is logged, by whichever part, the secrets are taken out of it: also those of settings that
// were in force before.
func TestTheLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "text"} {
		cfg, err := config.Load(environment(map[string]string{
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
		logger := New(cfg, &out)
		next, err := config.Load(environment(map[string]string{"LOG_FORMAT": format, "SLACK_BOT_TOKEN": "xoxb-5678-efgh"}))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			logger.WithField("why", "it holds "+secret).WithError(errors.New(secret)).Warn(secret)
		}
		next.RedactToo(cfg)
		Configure(logger, next)
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

// hostile has a character of each kind that a terminal acts on.
const hostile = "a\x00\x07\x08\t\n\v\f\r\x1b[31m\x7f\u0080\u0085\u009b31m\u009d\u061c\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069\u206f\xff\x9bz"

// actsOn reports whether a terminal acts on any of a line.
func actsOn(line string) bool {
	return strings.ContainsAny(line, "\n\t") || string(terminal.Inert([]byte(line))) != line
}

func TestLogsActOnNoTerminal(t *testing.T) {
	t.Parallel()
	for name, formatter := range map[string]logrus.Formatter{
		"text":    &inertText{logrus.TextFormatter{FullTimestamp: true}},
		"colours": &inertText{logrus.TextFormatter{ForceColors: true}},
		"json":    &inertJSON{},
	} {
		var out bytes.Buffer
		logger := logrus.New()
		logger.SetOutput(&out)
		logger.SetFormatter(formatter)
		logger.WithField("said", hostile).WithField("none", "").Info(hostile)
		line := strings.TrimSuffix(out.String(), "\n")
		if name == "colours" { // logrus begins and ends them
			line = strings.NewReplacer("\x1b[36m", "", "\x1b[0m", "").Replace(line)
		}
		if actsOn(line) {
			t.Errorf("%s: %q", name, line)
		}
	}
}
