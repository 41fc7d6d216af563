package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sirupsen/logrus"

	"linqbot/commands"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/redact"
)

// settings are what the environment says.
type settings struct {
	signingSecrets []string
	slackToken     string
	slackURL       string
	linqKey        string
	linqURL        string
	adminAddr      string                // where metrics are served; "": nowhere
	retention      time.Duration         // of ended requests; 0: for good
	linqAtOnce     int                   // calls of a kind
	webhooks       *linq.WebhookVerifier // nil: Linq's webhooks are not taken
	webhookSecrets []string              // of the same
	earlier        redact.Secrets        // of settings that were in force before
	listenAddr     string
	port           string // some platforms set it; LISTEN_ADDR wins
	databaseURL    string
	region         string
	policy         commands.Policy
	teams          []string
	fullHandles    bool
	confirm        bool // ask before removing
	stepsOff       bool // refuse workflow steps
	logLevel       logrus.Level
	logText        bool
	given          map[string]given // by name, without those that have their default
}

// given is how a variable was given.
type given struct {
	value ledger.Private
	file  string // "": it was given in the environment
}

// variable is one variable of the environment. Each can also be given as NAME_FILE, the path of a
// file that holds the value.
type variable struct {
	name     string
	fallback string
	required bool
	// read takes the value, which is never empty. Its error says what is wrong and what to write,
	// and quotes no secret.
	read func(s *settings, value string) error
}

func variables() []variable {
	return []variable{
		{name: "SLACK_SIGNING_SECRET", required: true, read: readSigningSecrets},
		{name: "SLACK_BOT_TOKEN", required: true, read: readBotToken},
		{name: "SLACK_API_URL", fallback: "https://slack.com/api/", read: func(s *settings, v string) (err error) {
			s.slackURL, err = baseURL(v)
			return err
		}},
		{name: "LINQ_API_V3_API_KEY", required: true, read: readLinqKey},
		{name: "LINQ_API_V3_BASE_URL", fallback: linq.DefaultBaseURL, read: func(s *settings, v string) error {
			s.linqURL = v
			return wrong(linq.CheckBaseURL(v))
		}},
		{name: "LINQ_CONCURRENCY", fallback: "8", read: readConcurrency},
		{name: "LINQ_WEBHOOK_SECRET", read: readWebhookSecrets},
		{name: "LISTEN_ADDR", read: func(s *settings, v string) error {
			s.listenAddr = v
			if _, _, err := net.SplitHostPort(v); err != nil {
				return errors.New("is no address to listen at; write host:port, or :8080 for all addresses")
			}
			return nil
		}},
		{name: "PORT", read: func(s *settings, v string) error {
			s.port = v
			if number, err := strconv.ParseUint(v, 10, 16); err != nil || number == 0 {
				return errors.New("is no port: write a number from 1 to 65535, or set LISTEN_ADDR")
			}
			return nil
		}},
		{name: "DATABASE_URL", fallback: "sqlite://linqbot.db", read: func(s *settings, v string) error {
			s.databaseURL = v
			return ledger.CheckURL(v)
		}},
		{name: "DEFAULT_REGION", fallback: "US", read: readRegion},
		{name: "ALLOWED_USERS", read: readUsers},
		{name: "ALLOWED_USERGROUPS", read: func(s *settings, v string) (err error) {
			s.policy.Groups, err = readIDs(v, "user group ids such as S0123ABCD")
			return err
		}},
		{name: "ALLOWED_CHANNELS", read: func(s *settings, v string) (err error) {
			s.policy.Channels, err = readIDs(v, "channel ids such as C0123ABCD")
			return err
		}},
		{name: "SLACK_TEAM_IDS", read: func(s *settings, v string) (err error) {
			s.teams, err = readIDs(v, "team or enterprise ids such as T0123ABCD")
			return err
		}},
		{name: "HANDLES_IN_CHANNEL", fallback: "masked", read: func(s *settings, v string) error {
			return oneOf(v, map[string]func(){"masked": func() {}, "full": func() { s.fullHandles = true }})
		}},
		{name: "CONFIRM_REMOVALS", fallback: "false", read: func(s *settings, v string) error {
			return oneOf(v, map[string]func(){"false": func() {}, "true": func() { s.confirm = true }})
		}},
		{name: "WORKFLOW_STEPS", fallback: "on", read: func(s *settings, v string) error {
			return oneOf(v, map[string]func(){"on": func() {}, "off": func() { s.stepsOff = true }})
		}},
		{name: "ADMIN_ADDR", fallback: "127.0.0.1:9090", read: func(s *settings, v string) error {
			if v == off {
				return nil
			}
			s.adminAddr = v
			if _, _, err := net.SplitHostPort(v); err != nil {
				return errors.New("is no address to serve metrics at; write host:port, such as 127.0.0.1:9090, or off")
			}
			return nil
		}},
		{name: "RETENTION", fallback: "400d", read: readRetention},
		{name: "LOG_LEVEL", fallback: "info", read: func(s *settings, v string) error {
			choose := func(level logrus.Level) func() { return func() { s.logLevel = level } }
			return oneOf(v, map[string]func(){
				"error": choose(logrus.ErrorLevel), "warn": choose(logrus.WarnLevel),
				"info": choose(logrus.InfoLevel), "debug": choose(logrus.DebugLevel),
			})
		}},
		{name: "LOG_FORMAT", fallback: "json", read: func(s *settings, v string) error {
			return oneOf(v, map[string]func(){"json": func() {}, "text": func() { s.logText = true }})
		}},
	}
}

// loadSettings reads the environment, and reports every mistake in it at once.
func loadSettings(lookup func(string) string) (settings, error) {
	return judged(readSettings(lookup))
}

// readSettings reads the environment as far as it is right.
func readSettings(lookup func(string) string) (settings, []error) {
	s, mistakes := readVariables(lookup, variables())
	if lookup("ALLOWED_USERS")+lookup("ALLOWED_USERS_FILE")+lookup("ALLOWED_USERGROUPS")+lookup("ALLOWED_USERGROUPS_FILE") == "" {
		mistakes = append(mistakes, errors.New("ALLOWED_USERS is missing: name the members who may remove people by their ids, or * for everyone in the workspace, or set ALLOWED_USERGROUPS"))
	}
	s.listenAddr = cmp.Or(s.listenAddr, ":"+cmp.Or(s.port, "8080"))
	return s, mistakes
}

// loadOnly reads what a command takes, and nothing else.
func loadOnly(lookup func(string) string, names ...string) (settings, error) {
	return judged(readVariables(lookup, slices.DeleteFunc(variables(), func(v variable) bool {
		return !slices.Contains(names, v.name)
	})))
}

func judged(s settings, mistakes []error) (settings, error) {
	if len(mistakes) > 0 {
		return settings{}, fmt.Errorf("the environment is not right:\n  %w", joinLines(mistakes))
	}
	return s, nil
}

func readVariables(lookup func(string) string, wanted []variable) (s settings, mistakes []error) {
	for _, v := range wanted {
		value, err := valueOf(lookup, v.name)
		switch {
		case err != nil:
			mistakes = append(mistakes, err)
			continue
		case value == "" && v.required:
			mistakes = append(mistakes, fmt.Errorf("%s is missing: set it, or %s_FILE to the path of a file that holds it", v.name, v.name))
			continue
		case value == "" && v.fallback == "":
			continue
		case value == "":
			value = v.fallback
		default:
			if s.given == nil {
				s.given = make(map[string]given)
			}
			s.given[v.name] = given{value: ledger.Conceal(value), file: lookup(v.name + "_FILE")}
		}
		if err := v.read(&s, value); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s %w", v.name, err))
		}
	}
	return s, mistakes
}

// valueOf returns NAME, or what the file NAME_FILE holds.
func valueOf(lookup func(string) string, name string) (string, error) {
	value, path := strings.TrimSpace(lookup(name)), lookup(name+"_FILE")
	switch {
	case path == "":
		return value, nil
	case value != "":
		return "", fmt.Errorf("%s and %s_FILE are both set: keep one of them", name, name)
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", fmt.Errorf("%s_FILE cannot be read: %w", name, withoutPath(path, err))
	}
	if !utf8.Valid(content) || bytes.ContainsAny(content, "\x00\uFEFF") {
		return "", fmt.Errorf("%s_FILE names a file that is not plain text: save it as UTF-8 without a byte order mark", name)
	}
	if value = strings.TrimSpace(string(content)); value == "" {
		return "", fmt.Errorf("%s_FILE names an empty file", name)
	}
	return value, nil
}

// withoutPath takes the path off an error, unless it is certain to be one: whoever writes a secret into
// NAME_FILE shall not find it in a log.
func withoutPath(path string, err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok && !filepath.IsAbs(path) {
		return fmt.Errorf("it must be the path of a file: %w", failed.Err)
	}
	return err
}

// wrong makes the rest of a sentence that begins with the variable's name.
func wrong(reason error) error {
	if reason == nil {
		return nil
	}
	return fmt.Errorf("is not right: %w", reason)
}

func joinLines(mistakes []error) error {
	lines := make([]string, len(mistakes))
	for i, mistake := range mistakes {
		lines[i] = mistake.Error()
	}
	return errors.New(strings.Join(lines, "\n  "))
}
