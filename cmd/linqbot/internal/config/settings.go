package config

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

	"linqbot/commands/policy"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/redact"
)

// Settings are what the environment says.
type Settings struct {
	SigningSecrets  []string
	SlackToken      string
	SlackURL        string
	LinqKey         string
	LinqURL         string
	AdminAddr       string                // where metrics are served; "": nowhere
	Retention       time.Duration         // of ended requests; 0: for good
	Concurrency     int                   // calls of a kind
	Webhooks        *linq.WebhookVerifier // nil: Linq's webhooks are not taken
	webhookSecrets  []string              // of the same
	earlier         redact.Secrets        // of settings that were in force before
	ListenAddr      string
	port            string // some platforms set it; LISTEN_ADDR wins
	DatabaseURL     string
	Region          string
	Policy          policy.Policy
	Teams           []string
	FullHandles     bool
	ConfirmRemovals bool // ask before removing
	StepsOff        bool // refuse workflow steps
	LogLevel        logrus.Level
	LogText         bool
	given           map[string]given // by name, without those that have their default
}

// given is how a variable was given.
type given struct {
	value ledger.Private
	file  string // "": it was given in the environment
}

// Variable is one variable of the environment. Each can also be given as NAME_FILE, the path of a
// file that holds the value.
type Variable struct {
	Name     string
	fallback string
	required bool
	// read takes the value, which is never empty. Its error says what is wrong and what to write,
	// and quotes no secret.
	read func(s *Settings, value string) error
}

func Variables() []Variable {
	return []Variable{
		{Name: "SLACK_SIGNING_SECRET", required: true, read: readSigningSecrets},
		{Name: "SLACK_BOT_TOKEN", required: true, read: readBotToken},
		{Name: "SLACK_API_URL", fallback: "https://slack.com/api/", read: func(s *Settings, v string) (err error) {
			s.SlackURL, err = baseURL(v)
			return err
		}},
		{Name: "LINQ_API_V3_API_KEY", required: true, read: readLinqKey},
		{Name: "LINQ_API_V3_BASE_URL", fallback: linq.DefaultBaseURL, read: func(s *Settings, v string) error {
			s.LinqURL = v
			return wrong(linq.CheckBaseURL(v))
		}},
		{Name: "LINQ_CONCURRENCY", fallback: "8", read: readConcurrency},
		{Name: "LINQ_WEBHOOK_SECRET", read: readWebhookSecrets},
		{Name: "LISTEN_ADDR", read: func(s *Settings, v string) error {
			s.ListenAddr = v
			if _, _, err := net.SplitHostPort(v); err != nil {
				return errors.New("is no address to listen at; write host:port, or :8080 for all addresses")
			}
			return nil
		}},
		{Name: "PORT", read: func(s *Settings, v string) error {
			s.port = v
			if number, err := strconv.ParseUint(v, 10, 16); err != nil || number == 0 {
				return errors.New("is no port: write a number from 1 to 65535, or set LISTEN_ADDR")
			}
			return nil
		}},
		{Name: "DATABASE_URL", fallback: "sqlite://linqbot.db", read: func(s *Settings, v string) error {
			s.DatabaseURL = v
			return ledger.CheckURL(v)
		}},
		{Name: "DEFAULT_REGION", fallback: "US", read: readRegion},
		{Name: "ALLOWED_USERS", read: readUsers},
		{Name: "ALLOWED_USERGROUPS", read: func(s *Settings, v string) (err error) {
			s.Policy.Groups, err = readIDs(v, "user group ids such as S0123ABCD")
			return err
		}},
		{Name: "ALLOWED_CHANNELS", read: func(s *Settings, v string) (err error) {
			s.Policy.Channels, err = readIDs(v, "channel ids such as C0123ABCD")
			return err
		}},
		{Name: "SLACK_TEAM_IDS", read: func(s *Settings, v string) (err error) {
			s.Teams, err = readIDs(v, "team or enterprise ids such as T0123ABCD")
			return err
		}},
		{Name: "HANDLES_IN_CHANNEL", fallback: "masked", read: func(s *Settings, v string) error {
			return oneOf(v, map[string]func(){"masked": func() {}, "full": func() { s.FullHandles = true }})
		}},
		{Name: "CONFIRM_REMOVALS", fallback: "false", read: func(s *Settings, v string) error {
			return oneOf(v, map[string]func(){"false": func() {}, "true": func() { s.ConfirmRemovals = true }})
		}},
		{Name: "WORKFLOW_STEPS", fallback: "on", read: func(s *Settings, v string) error {
			return oneOf(v, map[string]func(){"on": func() {}, "off": func() { s.StepsOff = true }})
		}},
		{Name: "ADMIN_ADDR", fallback: "127.0.0.1:9090", read: func(s *Settings, v string) error {
			if v == off {
				return nil
			}
			s.AdminAddr = v
			if _, _, err := net.SplitHostPort(v); err != nil {
				return errors.New("is no address to serve metrics at; write host:port, such as 127.0.0.1:9090, or off")
			}
			return nil
		}},
		{Name: "RETENTION", fallback: "400d", read: readRetention},
		{Name: "LOG_LEVEL", fallback: "info", read: func(s *Settings, v string) error {
			choose := func(level logrus.Level) func() { return func() { s.LogLevel = level } }
			return oneOf(v, map[string]func(){
				"error": choose(logrus.ErrorLevel), "warn": choose(logrus.WarnLevel),
				"info": choose(logrus.InfoLevel), "debug": choose(logrus.DebugLevel),
			})
		}},
		{Name: "LOG_FORMAT", fallback: "json", read: func(s *Settings, v string) error {
			return oneOf(v, map[string]func(){"json": func() {}, "text": func() { s.LogText = true }})
		}},
	}
}

// Load reads the environment, and reports every mistake in it at once.
func Load(lookup func(string) string) (Settings, error) {
	return judged(Read(lookup))
}

// Read reads the environment as far as it is right.
func Read(lookup func(string) string) (Settings, []error) {
	s, mistakes := readVariables(lookup, Variables())
	if lookup("ALLOWED_USERS")+lookup("ALLOWED_USERS_FILE")+lookup("ALLOWED_USERGROUPS")+lookup("ALLOWED_USERGROUPS_FILE") == "" {
		mistakes = append(mistakes, errors.New("ALLOWED_USERS is missing: name the members who may remove people by their ids, or * for everyone in the workspace, or set ALLOWED_USERGROUPS"))
	}
	s.ListenAddr = cmp.Or(s.ListenAddr, ":"+cmp.Or(s.port, "8080"))
	return s, mistakes
}

// LoadOnly reads what a command takes, and nothing else.
func LoadOnly(lookup func(string) string, names ...string) (Settings, error) {
	return judged(readVariables(lookup, slices.DeleteFunc(Variables(), func(v Variable) bool {
		return !slices.Contains(names, v.Name)
	})))
}

func judged(s Settings, mistakes []error) (Settings, error) {
	if len(mistakes) > 0 {
		return Settings{}, fmt.Errorf("the environment is not right:\n  %w", joinLines(mistakes))
	}
	return s, nil
}

func readVariables(lookup func(string) string, wanted []Variable) (s Settings, mistakes []error) {
	for _, v := range wanted {
		value, err := ValueOf(lookup, v.Name)
		switch {
		case err != nil:
			mistakes = append(mistakes, err)
			continue
		case value == "" && v.required:
			mistakes = append(mistakes, fmt.Errorf("%s is missing: set it, or %s_FILE to the path of a file that holds it", v.Name, v.Name))
			continue
		case value == "" && v.fallback == "":
			continue
		case value == "":
			value = v.fallback
		default:
			if s.given == nil {
				s.given = make(map[string]given)
			}
			s.given[v.Name] = given{value: ledger.Conceal(value), file: lookup(v.Name + "_FILE")}
		}
		if err := v.read(&s, value); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s %w", v.Name, err))
		}
	}
	return s, mistakes
}

// ValueOf returns NAME, or what the file NAME_FILE holds.
func ValueOf(lookup func(string) string, name string) (string, error) {
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
